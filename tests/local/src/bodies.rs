//! Bodies of requests: read within a time, within the size that the service takes, and within the memory there is for all.

use std::time::Duration;

use api::MAX_BODY_BYTES;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// How long a client may take for a body.
pub(crate) const TIME: Duration = Duration::from_secs(15);
/// The largest body that API Gateway hands to a function, in bytes
/// ([quotas](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html)).
const MOST_AT_THE_GATEWAY: u64 = 10 * 1024 * 1024;
/// The memory for the bodies of all calls that are being answered, in KiB. Calls wait until there is some for theirs.
const ROOM_KIB: usize = 64 * 1024;

static ROOM: Semaphore = Semaphore::const_new(ROOM_KIB);

/// A body with its part of the memory, which is given back when this is dropped.
pub(crate) struct Read {
    pub(crate) bytes: Vec<u8>,
    _room: SemaphorePermit<'static>,
}

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It is larger than the service takes.
    TooLarge,
    /// It is larger than API Gateway takes.
    TooLargeForTheGateway,
    /// It did not come in time.
    Late,
    /// It ends too early, or is no row of chunks where it should be one.
    Broken,
}

/// Reads a body, if it is not too large: of one that is, nothing or no more than the service takes.
pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Result<Read, Unread> {
    read_in(TIME, headers, body).await
}

async fn read_in(time: Duration, headers: &HeaderMap, mut body: Body) -> Result<Read, Unread> {
    let said = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    match said {
        Some(length) if length > MOST_AT_THE_GATEWAY => Err(Unread::TooLargeForTheGateway),
        Some(length) if length > MAX_BODY_BYTES as u64 => Err(Unread::TooLarge),
        _ => {
            let most = said.map_or(MAX_BODY_BYTES, |length| length as usize);
            let reading = read_within(&mut body, most);
            timeout(time, reading).await.unwrap_or(Err(Unread::Late))
        }
    }
}

async fn read_within(body: &mut Body, most: usize) -> Result<Read, Unread> {
    let kib = most.div_ceil(1024) as u32;
    // It is never closed.
    let room = ROOM.acquire_many(kib).await.map_err(|_| Unread::Late)?;
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > most {
            return Err(Unread::TooLarge);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Read { bytes, _room: room })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saying(length: usize) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_LENGTH, length.into())])
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_the_size_that_the_service_takes() {
        let of = |length: usize| Body::from(vec![b' '; length]);
        for headers in [saying(MAX_BODY_BYTES), HeaderMap::new()] {
            let read = read(&headers, of(MAX_BODY_BYTES)).await;
            assert_eq!(read.map(|it| it.bytes.len()), Ok(MAX_BODY_BYTES));
        }
        let large = MAX_BODY_BYTES + 1;
        for headers in [saying(large), HeaderMap::new()] {
            let read = read(&headers, of(large)).await;
            assert_eq!(read.map(|it| it.bytes), Err(Unread::TooLarge));
        }
        let huge = read(&saying(10 * 1024 * 1024 + 1), Body::empty()).await;
        assert_eq!(huge.map(|_| ()), Err(Unread::TooLargeForTheGateway));
    }

    #[tokio::test]
    async fn the_memory_of_a_body_is_given_back() {
        let body = || Body::from(vec![b' '; MAX_BODY_BYTES]);
        for _ in 0..2 * ROOM_KIB * 1024 / MAX_BODY_BYTES {
            let read = read(&saying(MAX_BODY_BYTES), body()).await;
            assert!(read.is_ok());
        }
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_is_waited_for_so_long_and_no_longer() {
        let never = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
        let never = Body::from_stream(never);
        let read = read_in(Duration::from_millis(20), &HeaderMap::new(), never).await;
        assert_eq!(read.map(|_| ()), Err(Unread::Late));
    }
}

//! What a call's answer did not need of the call's body is read too: only after a whole body can a connection take the next
//! call.
//!
//! A refusal at the door, a page or a route that is not here is answered without a body. HTTP ends the connection of a body
//! that is not read, and a client that is not told so sends its next call into a closed one.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use api::MAX_BODY_BYTES;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header::{CONNECTION, EXPECT};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout, timeout_at};

use crate::bodies::TIME;

/// How long what is left of a body that is not read whole is thrown away as it comes, once its call is answered: a client
/// that is still writing would see its connection break, and not read the answer.
const LINGERING: Duration = Duration::from_secs(2);

/// Has a request answered, and reads the rest of its body before the answer is sent. Where that is more than the service
/// takes, or comes too late, or cannot be read, the answer says that the connection ends.
pub(crate) async fn read_to_the_end(request: Request, next: Next) -> Response {
    within(TIME, request, |request| next.run(request)).await
}

async fn within<F>(time: Duration, request: Request, answer: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    if request.body().is_end_stream() {
        return answer(request).await;
    }
    let end = Instant::now() + time;
    let waits = request.headers().contains_key(EXPECT);
    let (back, mut given_back) = oneshot::channel();
    let request = request.map(|body| {
        let rest = Rest {
            body,
            read: 0,
            asked: !waits,
            state: State::Open,
        };
        Body::new(Lent(Some((rest, back))))
    });
    let mut response = answer(request).await;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return response;
    }
    let Ok(mut rest) = given_back.try_recv() else {
        return response;
    };
    let whole = rest.asked
        && timeout_at(end, rest.is_thrown_away())
            .await
            .unwrap_or(false);
    if !whole {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
        if rest.asked && rest.state == State::Open {
            tokio::spawn(timeout(LINGERING, async move {
                while rest.body.frame().await.is_some_and(|it| it.is_ok()) {}
            }));
        }
    }
    response
}

/// A body, as far as it was read.
struct Rest {
    body: Body,
    /// In bytes.
    read: u64,
    /// Whether its client sends it: one that `Expect`s to be asked for it does so once it is read.
    asked: bool,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Whole,
    Broken,
}

impl Rest {
    fn poll(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.asked = true;
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                self.read += frame.data_ref().map_or(0, |data| data.len() as u64);
            }
            Some(Err(_)) => self.state = State::Broken,
            None => self.state = State::Whole,
        }
        Poll::Ready(frame)
    }

    /// Reads it to its end, and says whether it has come there: no further than the service takes.
    async fn is_thrown_away(&mut self) -> bool {
        while self.state == State::Open {
            if self.read + self.body.size_hint().lower() > MAX_BODY_BYTES as u64 {
                return false;
            }
            std::future::poll_fn(|context| self.poll(context)).await;
        }
        self.state == State::Whole
    }
}

/// A body that is given back when it is dropped.
struct Lent(Option<(Rest, oneshot::Sender<Rest>)>);

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match &mut self.0 {
            Some((rest, _)) => rest.poll(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        let ends = |(rest, _): &(Rest, _)| rest.body.is_end_stream();
        self.0.as_ref().is_none_or(ends)
    }

    fn size_hint(&self) -> SizeHint {
        let hint = |(rest, _): &(Rest, _)| rest.body.size_hint();
        self.0.as_ref().map(hint).unwrap_or_default()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some((rest, back)) = self.0.take() {
            let _ = back.send(rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(20);

    /// What the answer says of the connection, where its call's body is not read.
    async fn said(request: Request) -> Option<HeaderValue> {
        let answer = within(SOON, request, async |_| Response::default());
        let response = answer.await;
        response.headers().get(CONNECTION).cloned()
    }

    #[tokio::test]
    async fn rule_92_a_connection_is_kept_after_a_body_that_has_come_and_else_its_end_is_said() {
        let of = |length: usize| Body::from(vec![b' '; length]);
        let close = Some(HeaderValue::from_static("close"));
        assert_eq!(said(Request::new(of(0))).await, None);
        assert_eq!(said(Request::new(of(MAX_BODY_BYTES))).await, None);
        assert_eq!(said(Request::new(of(MAX_BODY_BYTES + 1))).await, close);
        let never = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
        assert_eq!(said(Request::new(Body::from_stream(never))).await, close);
        let broken =
            futures_util::stream::iter([Err::<Vec<u8>, _>(std::io::Error::other("chunk"))]);
        assert_eq!(said(Request::new(Body::from_stream(broken))).await, close);
        // One that was not asked for does not come.
        let mut waits = Request::new(of(1));
        let expected = HeaderValue::from_static("100-continue");
        waits.headers_mut().insert(EXPECT, expected);
        assert_eq!(said(waits).await, close);
    }
}

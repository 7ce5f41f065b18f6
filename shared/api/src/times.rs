//! Timestamps on the wire: `yyyy-MM-ddThh:mm:ss.SSSZ` in the participant API, seconds since the epoch in the control API.

use domain::Timestamp;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

const ISO: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// The moment with three digits of milliseconds, in UTC.
pub fn iso(at: Timestamp) -> String {
    let nanos = i128::from(at.as_millis()) * 1_000_000;
    // Every timestamp of 48 bits lies before the year 10889, but the library ends with 9999.
    OffsetDateTime::from_unix_timestamp_nanos(nanos)
        .ok()
        .and_then(|time| time.format(ISO).ok())
        .unwrap_or_else(|| "9999-12-31T23:59:59.999Z".to_owned())
}

/// Seconds since the epoch, a JSON number with the milliseconds as its fraction: exact, since a double holds
/// the 15 digits of every timestamp.
pub(crate) fn epoch_seconds(at: Timestamp) -> serde_json::Value {
    serde_json::Value::from(at.as_millis() as f64 / 1000.0)
}

/// Reads a moment as [`iso`] writes it, or in any other form of RFC 3339; digits below the millisecond are dropped.
pub fn parse_iso(text: &str) -> Option<Timestamp> {
    let nanos = OffsetDateTime::parse(text, &Rfc3339)
        .ok()?
        .unix_timestamp_nanos();
    u64::try_from(nanos / 1_000_000)
        .ok()
        .map(Timestamp::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_have_three_digits_and_a_z() {
        assert_eq!(iso(Timestamp::from_millis(0)), "1970-01-01T00:00:00.000Z");
        let at = Timestamp::from_millis(1_572_000_088_172);
        assert_eq!(iso(at), "2019-10-25T10:41:28.172Z");
        assert_eq!(iso(Timestamp::MAX), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn other_forms_of_rfc_3339_are_read() {
        let at = Some(Timestamp::from_millis(1_572_000_088_000));
        assert_eq!(parse_iso("2019-10-25T10:41:28Z"), at);
        assert_eq!(parse_iso("2019-10-25T12:41:28.000999+02:00"), at);
        assert_eq!(parse_iso("1969-12-31T23:59:59Z"), None);
        assert_eq!(parse_iso("2019-10-25"), None);
        assert_eq!(parse_iso(""), None);
    }

    proptest! {
        #[test]
        fn times_round_trip(millis in 0u64..253_402_300_799_999) {
            let at = Timestamp::from_millis(millis);
            prop_assert_eq!(parse_iso(&iso(at)), Some(at));
        }

        #[test]
        fn seconds_since_the_epoch_are_written_to_the_millisecond(millis in 0u64..1 << 48) {
            let written = epoch_seconds(Timestamp::from_millis(millis)).to_string();
            let exact = format!("{}.{:03}", millis / 1000, millis % 1000);
            // But for zeros at the end, of which the last before the point stays.
            let shortest = exact.trim_end_matches('0');
            let shortest = match shortest.strip_suffix('.') {
                Some(_) => format!("{shortest}0"),
                None => shortest.to_owned(),
            };
            prop_assert_eq!(written, shortest);
        }
    }
}

//! HTTP-date (RFC 9110 §5.6.7).

use super::{Cursor, FieldError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A second of time, from 1970 to 9999. Three formats are read; IMF-fixdate is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HttpDate(u64);

impl HttpDate {
    const LAST: u64 = 253_402_300_799;

    /// That many seconds after the beginning of 1970, unless after 9999.
    pub fn from_seconds(seconds: u64) -> Option<HttpDate> {
        (seconds <= HttpDate::LAST).then_some(HttpDate(seconds))
    }

    /// The second that this time falls in, unless before 1970 or after 9999.
    pub fn from_system_time(time: SystemTime) -> Option<HttpDate> {
        HttpDate::from_seconds(time.duration_since(UNIX_EPOCH).ok()?.as_secs())
    }

    /// Seconds after the beginning of 1970.
    pub fn seconds(self) -> u64 {
        self.0
    }

    /// The same for the system's clock.
    pub fn system_time(self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.0)
    }

    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<HttpDate, FieldError> {
        let wrong = cursor.expected("an HTTP-date of 1970 or later");
        let text = std::str::from_utf8(cursor.rest()).map_err(|_| wrong)?;
        let time = httpdate::parse_http_date(text).map_err(|_| wrong)?;
        cursor.take_while(|_| true);
        HttpDate::from_system_time(time).ok_or(wrong)
    }

    pub(crate) fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(httpdate::fmt_http_date(self.system_time()).as_bytes());
    }
}

//! IMF-fixdate (RFC 9110 §5.6.7): the one form of a date that is sent; and whether Date goes on as time does (RFC 9110 §6.6.1). The clock of
//! the subject may be set to another time than ours: only differences count.

use wiregauge_proto::field::typed::{Date, TypedField};

use super::super::view::Line;
use super::exchange::Exchanges;
use super::head::spot;
use super::line::time;
use super::{Courtesy, Rule, Scene};

/// Responses that are nearer to each other say nothing: a Date has no fractions, and its text is kept for a second.
const APART_US: u64 = 2_500_000;
/// How far the difference of two dates may be from that of the arrivals, for the same reasons and for the way between.
const TOLERANCE_US: u64 = 2_000_000;

/// A response with a Date.
pub(super) struct Dated<'t> {
    scene: Scene<'t>,
    /// When its first octet came, in microseconds after the beginning.
    came: u64,
    /// Its Date, in seconds.
    says: u64,
    at: [u64; 2],
}

/// The responses of a connection that a Date was made for; what comes from a cache has an Age and an old Date.
pub(super) fn dated<'t>(scene: Scene<'t>, line: &Line, exchanges: &Exchanges) -> Vec<Dated<'t>> {
    let one = |message: &wiregauge_proto::message::Message| {
        let value = message.values("date").next().filter(|value| is_imf_fixdate(value))?;
        let says = Date::parse(&mut [value].into_iter()).ok()?.0.seconds();
        let made_now = message.values("age").next().is_none();
        let came = time(scene, line.arrival(message.at.start));
        made_now.then_some(Dated { scene, came, says, at: spot(message) })
    };
    exchanges.finals().filter_map(|(message, _)| one(message)).collect()
}

impl Courtesy {
    /// The first and the last response of a playing, if there is time between them.
    pub(super) fn time_goes_on(&mut self, mut dated: Vec<Dated<'_>>) {
        dated.sort_by_key(|response| response.came);
        let (Some(first), Some(last)) = (dated.first(), dated.last()) else { return };
        let elapsed = last.came - first.came;
        if elapsed < APART_US {
            return;
        }
        let told = (i128::from(last.says) - i128::from(first.says)) * 1_000_000;
        let strays = told.abs_diff(i128::from(elapsed)) > u128::from(TOLERANCE_US);
        let because =
            || format!("a Date {} seconds later than one that came {} ms before", told / 1_000_000, elapsed / 1_000);
        self.note(Rule::DateAdvances, last.scene, last.at, strays.then(because));
    }
}

/// Whether these octets are an IMF-fixdate of a day that the calendar has, with the day of the week that it has.
pub(super) fn is_imf_fixdate(octets: &[u8]) -> bool {
    const DAYS: [&[u8]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
    const MONTHS: [&[u8]; 12] =
        [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
    // Sun, 06 Nov 1994 08:49:37 GMT
    if octets.len() != 29
        || &octets[3..5] != b", "
        || octets[7] != b' '
        || octets[11] != b' '
        || octets[16] != b' '
        || octets[19] != b':'
        || octets[22] != b':'
        || &octets[25..] != b" GMT"
    {
        return false;
    }
    let weekday = DAYS.iter().position(|day| *day == &octets[..3]);
    let month = MONTHS.iter().position(|month| *month == &octets[8..11]);
    let (Some(weekday), Some(month), Some(day), Some(year)) =
        (weekday, month, number(&octets[5..7]), number(&octets[12..16]))
    else {
        return false;
    };
    let (Some(hour), Some(minute), Some(second)) =
        (number(&octets[17..19]), number(&octets[20..22]), number(&octets[23..25]))
    else {
        return false;
    };
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = match month {
        1 => 28 + u32::from(leap),
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    };
    (1..=length).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60
        && weekday as u32 == day_of_week(year, month as u32 + 1, day)
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))
}

/// Monday is 0 (Sakamoto's method).
fn day_of_week(year: u32, month: u32, day: u32) -> u32 {
    const SHIFT: [u32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    let year = if month < 3 { year.saturating_sub(1) } else { year };
    let sunday_is_0 = (year + year / 4 - year / 100 + year / 400 + SHIFT[month as usize - 1] + day) % 7;
    (sunday_is_0 + 6) % 7
}

#[cfg(test)]
mod tests {
    use super::is_imf_fixdate;

    #[test]
    fn the_fixed_form_and_nothing_else() {
        for good in ["Sun, 06 Nov 1994 08:49:37 GMT", "Thu, 29 Feb 2024 23:59:60 GMT", "Tue, 15 Nov 1994 08:12:31 GMT"]
        {
            assert!(is_imf_fixdate(good.as_bytes()), "{good}");
        }
        for bad in [
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "sun, 06 Nov 1994 08:49:37 GMT",
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "Wed, 30 Feb 2024 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "",
        ] {
            assert!(!is_imf_fixdate(bad.as_bytes()), "{bad}");
        }
    }
}

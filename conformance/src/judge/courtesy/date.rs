//! IMF-fixdate (RFC 9110 §5.6.7): the one form of a date that is sent.

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

//! Numbers as people read them: sensible digits, a unit, and a dash where there is no number.

/// What stands where there is no number.
pub(super) const NONE: &str = "–";

/// No quantity here gets this large; what does is no number that means something.
const LARGEST: f64 = 1e15;

/// Keeps a number and its unit on one line.
const SPACE: char = '\u{a0}';

/// Whether it is a number, and not larger than anything that means something.
pub(super) fn is_sensible(value: f64) -> bool {
    value.abs() < LARGEST
}

/// A number with this many decimals.
pub(super) fn fixed(value: f64, decimals: usize) -> String {
    if !is_sensible(value) {
        return NONE.to_owned();
    }
    let text = format!("{value:.decimals$}");
    let is_zero = text.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
    match text.strip_prefix('-') {
        Some(magnitude) if is_zero => magnitude.to_owned(),
        Some(magnitude) => format!("−{magnitude}"),
        None => text,
    }
}

/// A number with about three digits that mean something.
pub(super) fn three_digits(value: f64) -> String {
    fixed(value, decimals_for(value))
}

/// Decimals with which the smallest of these values that is not zero still shows three digits, at most four.
pub(super) fn shared_decimals(values: impl IntoIterator<Item = f64>) -> usize {
    values.into_iter().filter(|value| value.is_finite() && *value != 0.0).map(decimals_for).max().unwrap_or(0).min(4)
}

fn decimals_for(value: f64) -> usize {
    match value.abs() {
        magnitude if magnitude >= 99.95 => 0,
        magnitude if magnitude >= 9.995 => 1,
        magnitude if magnitude >= 0.9995 => 2,
        magnitude if magnitude >= 0.099_95 => 3,
        magnitude if magnitude >= 0.009_995 => 4,
        _ => 5,
    }
}

/// A time in milliseconds, in the unit that suits it.
pub(super) fn latency(ms: f64) -> String {
    duration(ms / 1e3)
}

/// A time in seconds, in the unit that suits it, from microseconds to days.
pub(super) fn duration(seconds: f64) -> String {
    const UNITS: [(f64, f64, &str); 6] = [
        (1e-3, 1e-6, "µs"),
        (1.0, 1e-3, "ms"),
        (120.0, 1.0, "s"),
        (7_200.0, 60.0, "min"),
        (172_800.0, 3_600.0, "h"),
        (f64::INFINITY, 86_400.0, "days"),
    ];
    if seconds == 0.0 {
        return format!("0{SPACE}s");
    }
    if !is_sensible(seconds) {
        return NONE.to_owned();
    }
    UNITS
        .iter()
        .find(|(below, ..)| seconds.abs() < *below)
        .map_or_else(|| NONE.to_owned(), |(_, size, unit)| format!("{}{SPACE}{unit}", three_digits(seconds / size)))
}

/// A share as per cent: one decimal, none from 100% on.
pub(super) fn percent(share: f64) -> String {
    let value = share * 100.0;
    if !is_sensible(value) {
        return NONE.to_owned();
    }
    format!("{}%", fixed(value, usize::from(value.abs() < 99.95)))
}

/// The same, with the sign of what is above zero.
pub(super) fn signed_percent(share: f64) -> String {
    let text = percent(share);
    if share > 0.0 && text != NONE { format!("+{text}") } else { text }
}

/// A count and its noun, which takes an `s` where there is not one.
pub(super) fn count(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count}{SPACE}{noun}{ending}")
}

/// Bytes of memory, in GiB.
pub(super) fn memory(bytes: u64) -> String {
    format!("{}{SPACE}GiB", three_digits(bytes as f64 / f64::from(1 << 30)))
}

/// A moment (milliseconds since 1970, UTC) as date and time of day.
pub(super) fn moment(unix_ms: u64) -> String {
    let (days, minutes) = (unix_ms / 86_400_000, unix_ms / 60_000 % 1_440);
    let (year, month, day) = date(days);
    format!("{year}-{month:02}-{day:02} {:02}:{:02} UTC", minutes / 60, minutes % 60)
}

/// Year, month and day of the Gregorian calendar, so many days after 1970-01-01.
fn date(days_since_1970: u64) -> (u64, u64, u64) {
    // Years begin in March here, so that the leap day is a year's last; day 0 is 0000-03-01.
    let days = days_since_1970 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next_year) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year_of_era + next_year, month, day)
}

#[cfg(test)]
mod tests {
    use super::{NONE, count, duration, fixed, latency, moment, percent, shared_decimals, signed_percent};

    #[test]
    fn times_take_the_unit_that_suits_them() {
        let texts: Vec<String> = [0.0, 2.13e-4, 0.0126, 12.63, 119.96, 900.0, 90_000.0, 900_000.0].map(duration).into();
        assert_eq!(
            texts.join(" | ").replace('\u{a0}', " "),
            "0 s | 213 µs | 12.6 ms | 12.6 s | 120 s | 15.0 min | 25.0 h | 10.4 days"
        );
        assert_eq!(latency(0.5), "500\u{a0}µs");
    }

    #[test]
    fn what_is_no_number_is_a_dash() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for text in [fixed(value, 2), duration(value), percent(value), signed_percent(value)] {
                assert_eq!(text, NONE);
            }
        }
    }

    #[test]
    fn signs_are_minus_signs_and_zero_has_none() {
        assert_eq!(signed_percent(-0.0314), "−3.1%");
        assert_eq!(signed_percent(0.0314), "+3.1%");
        assert_eq!(fixed(-0.0004, 2), "0.00");
        assert_eq!(percent(1.43), "143%");
    }

    #[test]
    fn a_column_shows_three_digits_of_its_smallest_value() {
        assert_eq!(shared_decimals([25.3, 3.12, 0.0]), 2);
        assert_eq!(shared_decimals([f64::NAN, 0.0]), 0);
        assert_eq!(shared_decimals([1e-12]), 4);
    }

    #[test]
    fn one_is_singular() {
        assert_eq!(count(1, "probe"), "1\u{a0}probe");
        assert_eq!(count(0, "probe"), "0\u{a0}probes");
    }

    #[test]
    fn moments_of_known_days() {
        assert_eq!(moment(0), "1970-01-01 00:00 UTC");
        assert_eq!(moment(951_827_696_000), "2000-02-29 12:34 UTC");
        assert_eq!(moment(1_798_761_599_000), "2026-12-31 23:59 UTC");
        assert!(moment(u64::MAX).ends_with(" UTC"));
    }
}

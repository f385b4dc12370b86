//! Dates on fixed input (RFC 3339); what asks the clock is unknown.

use crate::value::{Shape, Value};

use super::Error;
use super::call::{Call, Function, STRING};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("formatdate", &[STRING, STRING], Shape::String, |call| {
        let time = Time::parse(call.text(1)?).map_err(|error| error.at_argument(1))?;
        Ok(call.string(format_date(call.text(0)?, &time).map_err(|error| error.at_argument(0))?))
    }),
    Function::new("plantimestamp", &[], Shape::String, |call| Ok(call.unknown_for("it is the time of the plan"))),
    Function::new("timeadd", &[STRING, STRING], Shape::String, timeadd),
    Function::new("timecmp", &[STRING, STRING], Shape::Number, |call| {
        let first = Time::parse(call.text(0)?).map_err(|error| error.at_argument(0))?;
        let second = Time::parse(call.text(1)?).map_err(|error| error.at_argument(1))?;
        let order = first.instant().cmp(&second.instant()) as i64;
        Ok(Value::integer(order, call.origin()))
    }),
    Function::new("timestamp", &[], Shape::String, |call| Ok(call.unknown_for("it is the time of the run"))),
];

/// A point in time as it is written: local date and time with an offset.
struct Time {
    /// Seconds from the beginning of 1970 by the local clock.
    local: i64,
    nanoseconds: i64,
    /// Seconds that the local clock is ahead of UTC.
    offset: i64,
    /// Written with `Z`.
    is_utc: bool,
}

const DAY: i64 = 86_400;
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Days from the beginning of 1970 to a date of the proleptic Gregorian calendar.
fn days_from_date(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March have the leap day at their end.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a day counted from the beginning of 1970.
fn date_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Time {
    fn parse(text: &str) -> Result<Self, Error> {
        Self::read(text).ok_or_else(|| {
            Error::new(format!("`{text}` is no RFC 3339 timestamp; one is written `2006-01-02T15:04:05Z`"))
        })
    }

    fn read(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let digits = |range: std::ops::Range<usize>| -> Option<i64> {
            let part = bytes.get(range)?;
            part.iter()
                .all(u8::is_ascii_digit)
                .then(|| part.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
        };
        let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
        if !marks.iter().all(|(at, mark)| bytes.get(*at) == Some(mark)) {
            return None;
        }
        let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
        let (hour, minute, second) = (digits(11..13)?, digits(14..16)?, digits(17..19)?);
        if !(1..=12).contains(&month) || !(1..=days_in_month(year, month)).contains(&day) {
            return None;
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let mut at = 19;
        let mut nanoseconds = 0;
        if bytes.get(at) == Some(&b'.') {
            at += 1;
            let start = at;
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                if at - start < 9 {
                    nanoseconds = nanoseconds * 10 + i64::from(bytes[at] - b'0');
                }
                at += 1;
            }
            if at == start {
                return None;
            }
            for _ in at - start..9 {
                nanoseconds *= 10;
            }
        }
        let (offset, is_utc) = match bytes.get(at..)? {
            b"Z" => (0, true),
            [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
                let (hours, minutes) = (digits(at + 1..at + 3)?, digits(at + 4..at + 6)?);
                if hours > 23 || minutes > 59 {
                    return None;
                }
                let seconds = hours * 3600 + minutes * 60;
                (if *sign == b'-' { -seconds } else { seconds }, false)
            }
            _ => return None,
        };
        let local = days_from_date(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
        Some(Self { local, nanoseconds, offset, is_utc })
    }

    fn instant(&self) -> (i64, i64) {
        (self.local - self.offset, self.nanoseconds)
    }

    fn date(&self) -> (i64, i64, i64) {
        date_from_days(self.local.div_euclid(DAY))
    }

    fn hour(&self) -> i64 {
        self.local.rem_euclid(DAY) / 3600
    }

    fn minute(&self) -> i64 {
        self.local.rem_euclid(3600) / 60
    }

    fn second(&self) -> i64 {
        self.local.rem_euclid(60)
    }

    fn weekday(&self) -> &'static str {
        let at = (self.local.div_euclid(DAY) + 4).rem_euclid(7);
        usize::try_from(at).ok().and_then(|at| WEEKDAYS.get(at)).copied().unwrap_or_default()
    }

    fn month(&self) -> &'static str {
        usize::try_from(self.date().1 - 1).ok().and_then(|at| MONTHS.get(at)).copied().unwrap_or_default()
    }

    /// `+0100` or `+01:00`.
    fn zone(&self, colon: &str) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs() / 60;
        format!("{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60)
    }

    fn to_text(&self) -> String {
        let (year, month, day) = self.date();
        let zone = if self.is_utc || self.offset == 0 { "Z".to_owned() } else { self.zone(":") };
        format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}{zone}", self.hour(), self.minute(), self.second())
    }
}

/// A YAML timestamp as RFC 3339, without fractions of a second: `2001-12-14 21:59:43.10 -5`, `2001-1-1`. `None` for
/// what is none.
pub(super) fn yaml_timestamp(text: &str) -> Option<String> {
    let end = text.find(['T', 't', ' ', '\t']).unwrap_or(text.len());
    let (date, rest) = text.split_at(end);
    let numbers: Vec<&str> = date.split('-').collect();
    let [year, month, day] = numbers.as_slice() else { return None };
    let is_number = |text: &&str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_number(year, 4..=4) || !is_number(month, 1..=2) || !is_number(day, 1..=2) {
        return None;
    }
    let date = format!("{year}-{month:0>2}-{day:0>2}");
    let rest = rest.trim_start_matches(['T', 't', ' ', '\t']);
    if rest.is_empty() {
        return (end == text.len()).then(|| format!("{date}T00:00:00Z")).filter(|text| Time::read(text).is_some());
    }
    let zone = rest.find(|character: char| !character.is_ascii_digit() && !matches!(character, ':' | '.'));
    let (clock, zone) = rest.split_at(zone.unwrap_or(rest.len()));
    let clock = if clock.find(':') == Some(1) { format!("0{clock}") } else { clock.to_owned() };
    let zone = match zone.trim_start() {
        "" => "Z".to_owned(),
        zone if zone.contains(':') || zone == "Z" => zone.to_owned(),
        zone => {
            let (sign, hours) = zone.split_at_checked(1)?;
            format!("{sign}{hours:0>2}:00")
        }
    };
    Time::read(&format!("{date}T{clock}{zone}")).map(|time| time.to_text())
}

fn format_date(format: &str, time: &Time) -> Result<String, Error> {
    let mut out = String::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            // Two quotes stand for one, inside of a quotation as well.
            rest = &rest[1..];
            if let Some(after) = rest.strip_prefix('\'') {
                out.push('\'');
                rest = after;
                continue;
            }
            loop {
                let Some(end) = rest.find('\'') else { return Err(Error::new("a quotation is not closed")) };
                out.push_str(&rest[..end]);
                rest = &rest[end + 1..];
                match rest.strip_prefix('\'') {
                    Some(after) => {
                        out.push('\'');
                        rest = after;
                    }
                    None => break,
                }
            }
            continue;
        }
        let length = rest.find(|character| character != first).unwrap_or(rest.len());
        let verb = &rest[..length];
        rest = &rest[length..];
        if !first.is_ascii_alphabetic() {
            out.push_str(verb);
            continue;
        }
        let (year, month, day) = time.date();
        let twelve = if time.hour() % 12 == 0 { 12 } else { time.hour() % 12 };
        let half = if time.hour() < 12 { "am" } else { "pm" };
        let part = match verb {
            "YYYY" => format!("{year:04}"),
            "YY" => format!("{:02}", year % 100),
            "MMMM" => time.month().to_owned(),
            "MMM" => time.month().get(..3).unwrap_or_default().to_owned(),
            "MM" => format!("{month:02}"),
            "M" => month.to_string(),
            "DD" => format!("{day:02}"),
            "D" => day.to_string(),
            "EEEE" => time.weekday().to_owned(),
            "EEE" => time.weekday().get(..3).unwrap_or_default().to_owned(),
            "hh" => format!("{:02}", time.hour()),
            "h" => time.hour().to_string(),
            "HH" => format!("{twelve:02}"),
            "H" => twelve.to_string(),
            "AA" => half.to_uppercase(),
            "aa" => half.to_owned(),
            "mm" => format!("{:02}", time.minute()),
            "m" => time.minute().to_string(),
            "ss" => format!("{:02}", time.second()),
            "s" => time.second().to_string(),
            "ZZZZZ" => time.zone(":"),
            "ZZZZ" => time.zone(""),
            "ZZZ" if time.offset == 0 => "UTC".to_owned(),
            "ZZZ" => time.zone(""),
            "Z" if time.offset == 0 => "Z".to_owned(),
            "Z" => time.zone(":"),
            _ => return Err(Error::new(format!("`{verb}` is no part of a date format; put text in single quotes"))),
        };
        out.push_str(&part);
    }
    Ok(out)
}

fn timeadd(call: &Call<'_>) -> Result<Value, Error> {
    let mut time = Time::parse(call.text(0)?).map_err(|error| error.at_argument(0))?;
    let text = call.text(1)?;
    let duration = duration(text)
        .ok_or_else(|| Error::of_argument(format!("`{text}` is no duration; one is written `1h30m`"), 1))?;
    let total = i128::from(time.nanoseconds) + duration;
    let seconds = i64::try_from(total.div_euclid(1_000_000_000)).unwrap_or(i64::MAX);
    time.local = time.local.saturating_add(seconds);
    Ok(call.string(time.to_text()))
}

/// A duration as Go writes them (`-1h30m`, `1.5s`), in nanoseconds.
fn duration(text: &str) -> Option<i128> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let end = rest.find(|character: char| !character.is_ascii_digit() && character != '.')?;
        let (number, after) = rest.split_at(end);
        let unit_end =
            after.find(|character: char| character.is_ascii_digit() || character == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        rest = after;
        let unit: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
            return None;
        }
        let parse = |digits: &str| if digits.is_empty() { Some(0) } else { digits.parse::<i128>().ok() };
        let fraction = fraction.get(..fraction.len().min(18))?;
        let scale = 10i128.pow(u32::try_from(fraction.len()).ok()?);
        total = total.checked_add(parse(whole)?.checked_mul(unit)?)?.checked_add(parse(fraction)? * unit / scale)?;
        // As much as 64 bits of nanoseconds hold.
        if total > i128::from(i64::MAX) {
            return None;
        }
    }
    Some(if negative { -total } else { total })
}

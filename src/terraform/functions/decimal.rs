//! Numbers as decimals with a wanted number of digits: what `%f`, `%e` and `%g` of `format` write.

use std::fmt::Write as _;

use crate::value::Number;

/// A magnitude as `0.d1d2d3... * 10^point`, without zeros at its ends; zero has no digits.
#[derive(Clone)]
pub(super) struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    /// The magnitude of a number, exactly.
    pub(super) fn exact(number: &Number) -> Self {
        let (digits, scale) = number.exact_decimal();
        Self::new(digits.as_bytes(), scale)
    }

    /// The magnitude in the fewest digits that read back as the same number.
    pub(super) fn shortest(number: &Number) -> Self {
        let text = number.abs().to_string();
        let scale = text.find('.').map_or(0, |at| text.len() - at - 1);
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
        Self::new(&digits, scale)
    }

    fn new(digits: &[u8], scale: usize) -> Self {
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        let point = to_i64(digits.len()) - to_i64(scale) - to_i64(zeros);
        let mut decimal = Self { digits: digits[zeros..].to_vec(), point };
        decimal.trim();
        decimal
    }

    fn trim(&mut self) {
        while self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
    }

    /// Keeps the first digits and rounds to the nearest, ties to even.
    fn round(&mut self, keep: i64) {
        let Ok(keep) = usize::try_from(keep) else {
            self.digits.clear();
            return self.trim();
        };
        if keep >= self.digits.len() {
            return;
        }
        let up = match self.digits[keep] {
            b'5' if keep + 1 == self.digits.len() => keep > 0 && self.digits[keep - 1] % 2 == 1,
            digit => digit >= b'5',
        };
        self.digits.truncate(keep);
        if up {
            match self.digits.iter().rposition(|digit| *digit != b'9') {
                Some(at) => {
                    self.digits.truncate(at + 1);
                    self.digits[at] += 1;
                }
                None => {
                    self.digits = vec![b'1'];
                    self.point += 1;
                }
            }
        }
        self.trim();
    }

    fn digit(&self, at: i64) -> char {
        usize::try_from(at).ok().and_then(|at| self.digits.get(at)).map_or('0', |digit| char::from(*digit))
    }

    /// With so many digits after the point.
    pub(super) fn fixed(mut self, places: usize) -> String {
        self.round(self.point + to_i64(places));
        let mut text: String =
            if self.point > 0 { (0..self.point).map(|at| self.digit(at)).collect() } else { "0".to_owned() };
        if places > 0 {
            text.push('.');
            text.extend((0..to_i64(places)).map(|place| self.digit(self.point + place)));
        }
        text
    }

    /// With an exponent and so many digits after the point.
    pub(super) fn scientific(mut self, places: usize) -> String {
        self.round(to_i64(places) + 1);
        let mut text = String::from(self.digit(0));
        if places > 0 {
            text.push('.');
            text.extend((1..=to_i64(places)).map(|place| self.digit(place)));
        }
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        text.push_str(if exponent < 0 { "e-" } else { "e+" });
        // Writing to a string can't fail.
        let _ = write!(text, "{:02}", exponent.abs());
        text
    }

    /// The shorter of the two, with so many digits in all, or with all digits.
    pub(super) fn general(mut self, digits: Option<usize>) -> String {
        if let Some(digits) = digits {
            self.round(to_i64(digits.max(1)));
        }
        let length = to_i64(self.digits.len());
        let threshold = match digits.map(|digits| to_i64(digits.max(1))) {
            Some(wanted) if wanted > length && length >= self.point => length,
            Some(wanted) => wanted,
            None => 6,
        };
        let exponent = self.point - 1;
        if !self.digits.is_empty() && (exponent < -4 || exponent >= threshold) {
            return self.scientific(usize::try_from(length - 1).unwrap_or(0));
        }
        let places = usize::try_from(length - self.point).unwrap_or(0);
        self.fixed(places)
    }
}

fn to_i64(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

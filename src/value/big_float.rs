//! Binary floats of any precision, rounded to the nearest with ties to even, and their shortest decimal form.
//!
//! Terraform computes with 512 bits and prints the shortest decimal that reads back as the same number at the
//! number's precision; this is that arithmetic, bounded in its exponents.

use std::cmp::Ordering;

use num_bigint::{BigInt, BigUint, Sign};
use num_traits::{One, ToPrimitive, Zero};

/// The precision that literals and results have, in bits.
pub(super) const PRECISION: u64 = 512;

/// The largest distance of a number's bits from the binary point; beyond it a number is refused, because its decimal
/// form would fill memory.
const MAX_BITS: u64 = 40_000;

/// The most digits that a literal may have.
const MAX_DIGITS: usize = 20_000;

/// `(-1)^negative * mantissa * 2^exponent`. The mantissa is odd, or zero with exponent 0 and no sign.
#[derive(Clone, Debug)]
pub(super) struct BigFloat {
    negative: bool,
    mantissa: BigUint,
    exponent: i64,
    /// How many bits of the mantissa count; decides how quotients are rounded and how the number is printed.
    precision: u64,
}

impl BigFloat {
    /// Rounds to the precision; `None` beyond the bound.
    fn new(negative: bool, mantissa: BigUint, exponent: i64, precision: u64) -> Option<Self> {
        Self::rounded(negative, mantissa, exponent, precision, false)
    }

    /// As [`Self::new`], for a mantissa below which there is something more (`sticky`) that is not zero.
    fn rounded(negative: bool, mut mantissa: BigUint, mut exponent: i64, precision: u64, sticky: bool) -> Option<Self> {
        let bits = mantissa.bits();
        if bits > precision {
            let cut = bits - precision;
            let half = mantissa.bit(cut - 1);
            let below = sticky || mantissa.trailing_zeros().is_some_and(|zeros| zeros < cut - 1);
            mantissa >>= cut;
            if half && (below || mantissa.bit(0)) {
                mantissa += 1u32;
            }
            exponent += i64::try_from(cut).ok()?;
        }
        match mantissa.trailing_zeros() {
            None => exponent = 0,
            Some(zeros) => {
                mantissa >>= zeros;
                exponent += i64::try_from(zeros).ok()?;
            }
        }
        let highest = exponent.checked_add(i64::try_from(mantissa.bits()).ok()?)?;
        if exponent.unsigned_abs() > MAX_BITS || highest.unsigned_abs() > MAX_BITS {
            return None;
        }
        let negative = negative && !mantissa.is_zero();
        Some(Self { negative, mantissa, exponent, precision })
    }

    pub(super) fn from_i64(integer: i64) -> Self {
        Self::exact(integer < 0, BigUint::from(integer.unsigned_abs()), 0)
    }

    /// A whole number with 64 bits of precision.
    pub(super) fn from_count(count: i64) -> Option<Self> {
        Self::new(count < 0, BigUint::from(count.unsigned_abs()), 0, 64)
    }

    /// A mantissa that is known to fit the precision and the bound.
    fn exact(negative: bool, mut mantissa: BigUint, mut exponent: i64) -> Self {
        match mantissa.trailing_zeros() {
            None => exponent = 0,
            Some(zeros) => {
                mantissa >>= zeros;
                exponent += i64::try_from(zeros).unwrap_or(0);
            }
        }
        Self { negative, mantissa, exponent, precision: PRECISION }
    }

    pub(super) fn from_integer(integer: &BigInt) -> Option<Self> {
        Self::new(integer.sign() == Sign::Minus, integer.magnitude().clone(), 0, PRECISION)
    }

    /// A finite float with its own 53 bits of precision.
    pub(super) fn from_f64(float: f64) -> Option<Self> {
        if !float.is_finite() {
            return None;
        }
        let bits = float.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        let biased = i64::try_from((bits >> 52) & 0x7ff).ok()?;
        let (mantissa, exponent) = if biased == 0 { (fraction, -1074) } else { (fraction | (1 << 52), biased - 1075) };
        Self::new(float.is_sign_negative(), BigUint::from(mantissa), exponent, 53)
    }

    /// Reads `digits[.digits][e[+-]digits]` with an optional sign.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_DIGITS {
            return None;
        }
        let (negative, text) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (digits, power) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i64>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        if !all.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mantissa = BigUint::parse_bytes(&all, 10)?;
        if mantissa.is_zero() {
            return Some(Self::from_i64(0));
        }
        let power = power.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        if power.unsigned_abs() > MAX_BITS {
            return None;
        }
        let scale = BigUint::from(5u32).pow(u32::try_from(power.unsigned_abs()).ok()?);
        if power >= 0 {
            Self::new(negative, mantissa * scale, power, PRECISION)
        } else {
            Self::quotient(negative, &mantissa, power, &scale, 0, PRECISION)
        }
    }

    /// `a * 2^a_exponent / (b * 2^b_exponent)` for `b` other than zero.
    fn quotient(
        negative: bool,
        a: &BigUint,
        a_exponent: i64,
        b: &BigUint,
        b_exponent: i64,
        precision: u64,
    ) -> Option<Self> {
        // Two bits more than the precision, so that what is cut off only decides the rounding.
        let shift = (precision + 2 + b.bits()).saturating_sub(a.bits());
        let dividend = a << shift;
        let quotient = &dividend / b;
        let sticky = &quotient * b != dividend;
        let exponent = a_exponent - b_exponent - i64::try_from(shift).ok()?;
        // A remainder stands below the last bit of the quotient: doubling makes room for it.
        let (mantissa, exponent) =
            if sticky { ((quotient << 1u32) + 1u32, exponent - 1) } else { (quotient, exponent) };
        Self::rounded(negative, mantissa, exponent, precision, false)
    }

    pub(super) fn is_zero(&self) -> bool {
        self.mantissa.is_zero()
    }

    pub(super) fn is_negative(&self) -> bool {
        self.negative
    }

    pub(super) fn is_integer(&self) -> bool {
        self.exponent >= 0
    }

    pub(super) fn negated(&self) -> Self {
        Self { negative: !self.negative && !self.is_zero(), ..self.clone() }
    }

    pub(super) fn add(&self, other: &Self) -> Option<Self> {
        let exponent = self.exponent.min(other.exponent);
        let sum = self.at_exponent(exponent) + other.at_exponent(exponent);
        let precision = self.precision.max(other.precision);
        Self::new(sum.sign() == Sign::Minus, sum.magnitude().clone(), exponent, precision)
    }

    /// The signed mantissa at an exponent that is not larger than its own.
    fn at_exponent(&self, exponent: i64) -> BigInt {
        let shift = u64::try_from(self.exponent - exponent).unwrap_or(0);
        let sign = if self.negative { Sign::Minus } else { Sign::Plus };
        BigInt::from_biguint(sign, &self.mantissa << shift)
    }

    pub(super) fn multiply(&self, other: &Self) -> Option<Self> {
        let mantissa = &self.mantissa * &other.mantissa;
        let needed = mantissa.bits().min(PRECISION);
        let precision = self.precision.max(other.precision).max(needed);
        Self::new(self.negative != other.negative, mantissa, self.exponent + other.exponent, precision)
    }

    /// `None` for a divisor of zero as well.
    pub(super) fn divide(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        Self::quotient(
            self.negative != other.negative,
            &self.mantissa,
            self.exponent,
            &other.mantissa,
            other.exponent,
            self.precision.max(other.precision),
        )
    }

    /// What is left of `self` after as many whole `other`s as fit, with the sign and the precision of `self`.
    pub(super) fn remainder(&self, other: &Self) -> Option<Self> {
        let whole = Self::from_integer(&self.divide(other)?.truncated())?;
        let rest = self.add(&other.multiply(&whole)?.negated())?;
        Self::new(rest.negative, rest.mantissa, rest.exponent, self.precision)
    }

    /// The whole part, towards zero.
    pub(super) fn truncated(&self) -> BigInt {
        let magnitude = match u64::try_from(self.exponent) {
            Ok(shift) => &self.mantissa << shift,
            Err(_) => &self.mantissa >> self.exponent.unsigned_abs(),
        };
        BigInt::from_biguint(if self.negative { Sign::Minus } else { Sign::Plus }, magnitude)
    }

    pub(super) fn floor(&self) -> BigInt {
        let whole = self.truncated();
        if self.negative && !self.is_integer() { whole - 1 } else { whole }
    }

    pub(super) fn ceil(&self) -> BigInt {
        let whole = self.truncated();
        if !self.negative && !self.is_integer() { whole + 1 } else { whole }
    }

    pub(super) fn to_i64(&self) -> Option<i64> {
        if self.exponent < 0 || self.exponent > 64 {
            return None;
        }
        self.truncated().to_i64()
    }

    /// The nearest float; infinite beyond the range.
    pub(super) fn to_f64(&self) -> f64 {
        let Some(rounded) = Self::new(self.negative, self.mantissa.clone(), self.exponent, 53) else {
            return f64::NAN;
        };
        let mantissa = rounded.mantissa.to_f64().unwrap_or(f64::INFINITY);
        // In two steps, because 2^exponent alone may be out of range where the product is not.
        let exponent = i32::try_from(rounded.exponent).unwrap_or(i32::MAX).clamp(-2200, 2200);
        let half = exponent / 2;
        let magnitude = mantissa * 2f64.powi(half) * 2f64.powi(exponent - half);
        if self.negative { -magnitude } else { magnitude }
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let exponent = self.exponent.min(other.exponent);
        self.at_exponent(exponent).cmp(&other.at_exponent(exponent))
    }

    /// The number exactly: the digits of its magnitude, of which the last so many stand after the point.
    pub(super) fn exact_decimal(&self) -> (String, usize) {
        match u64::try_from(self.exponent) {
            Ok(shift) => ((&self.mantissa << shift).to_str_radix(10), 0),
            Err(_) => {
                let scale = u32::try_from(self.exponent.unsigned_abs()).unwrap_or(u32::MAX);
                ((&self.mantissa * BigUint::from(5u32).pow(scale)).to_str_radix(10), scale as usize)
            }
        }
    }

    /// The shortest decimal that reads back as this number at its precision, without an exponent.
    pub(super) fn to_decimal(&self) -> String {
        if self.is_zero() {
            return "0".to_owned();
        }
        // The mantissa with exactly one bit more than the precision, so that its last bit is half a unit.
        let shift = (self.precision + 1).saturating_sub(self.mantissa.bits());
        let mantissa = &self.mantissa << shift;
        let exponent = self.exponent - i64::try_from(shift).unwrap_or(0);
        // As whole numbers of 10^-scale.
        let (factor, scale) = match u64::try_from(exponent) {
            Ok(shift) => (BigUint::one() << shift, 0),
            Err(_) => {
                let scale = u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX);
                (BigUint::from(5u32).pow(scale), scale as usize)
            }
        };
        let exact = (&mantissa * &factor).to_str_radix(10);
        let lower = ((&mantissa - 1u32) * &factor).to_str_radix(10);
        let upper = ((&mantissa + 1u32) * &factor).to_str_radix(10);
        let width = exact.len().max(upper.len());
        let pad = |text: String| -> Vec<u8> {
            std::iter::repeat_n(b'0', width - text.len()).chain(text.into_bytes()).collect()
        };
        // The bounds themselves read back as this number only if its mantissa is even.
        let digits = shortest(pad(exact), &pad(lower), &pad(upper), !mantissa.bit(1));
        let mut text = String::new();
        if self.negative {
            text.push('-');
        }
        push_decimal(&mut text, &digits, scale);
        text
    }
}

/// Rounds `exact` to the fewest digits that stay between `lower` and `upper`; the rest becomes zeros. All have the
/// same length.
fn shortest(mut exact: Vec<u8>, lower: &[u8], upper: &[u8], inclusive: bool) -> Vec<u8> {
    let last_digit = |digits: &[u8]| digits.iter().rposition(|digit| *digit != b'0').unwrap_or(0);
    let (lower_end, upper_end) = (last_digit(lower), last_digit(upper));
    // Whether a difference from a bound was met further left: then anything goes on the right of it.
    for at in 0..exact.len() {
        let (digit, low, high) = (exact[at], lower[at], upper[at]);
        let down = low != digit || (inclusive && at >= lower_end);
        let up = digit != high && (inclusive || digit + 1 < high || at < upper_end);
        let round_up = match (down, up) {
            (false, false) => continue,
            (true, false) => false,
            (false, true) => true,
            (true, true) => match exact.get(at + 1) {
                None => false,
                Some(next) if *next != b'5' => *next > b'5',
                Some(_) => exact[at + 2..].iter().any(|digit| *digit != b'0') || digit % 2 == 1,
            },
        };
        for digit in &mut exact[at + 1..] {
            *digit = b'0';
        }
        if round_up {
            for digit in exact[..=at].iter_mut().rev() {
                if *digit == b'9' {
                    *digit = b'0';
                } else {
                    *digit += 1;
                    break;
                }
            }
        }
        break;
    }
    exact
}

/// Writes digits of which the last `scale` stand after the point, without needless zeros.
fn push_decimal(text: &mut String, digits: &[u8], scale: usize) {
    let mut digits: Vec<u8> = digits.to_vec();
    if digits.len() <= scale {
        let missing = scale + 1 - digits.len();
        digits.splice(0..0, std::iter::repeat_n(b'0', missing));
    }
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let start = whole.iter().position(|digit| *digit != b'0').unwrap_or(whole.len().saturating_sub(1));
    text.extend(whole[start..].iter().map(|digit| char::from(*digit)));
    if let Some(end) = fraction.iter().rposition(|digit| *digit != b'0') {
        text.push('.');
        text.extend(fraction[..=end].iter().map(|digit| char::from(*digit)));
    }
}

//! Numbers as Terraform computes them: whole ones of 64 bits fast and exactly, all others with 512 bits.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use num_bigint::BigInt;

use super::big_float::BigFloat;

/// A number as CloudFormation and Terraform know it.
#[derive(Clone, Debug)]
pub enum Number {
    Integer(i64),
    /// Any other: a fraction or a large whole number.
    Big(Big),
}

/// A number that is no whole number of 64 bits.
#[derive(Clone, Debug)]
pub struct Big(Arc<BigFloat>);

impl Number {
    /// Reads a decimal number (`5`, `-1`, `2.50`, `1e3`); nothing else, no white space.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(integer) = text.parse::<i64>() {
            return Some(Self::Integer(integer));
        }
        BigFloat::parse(text).map(Self::from_big)
    }

    /// The number of a float, with its 53 bits of precision; whole ones that are exact become integers. What is not
    /// finite becomes 0.
    #[must_use]
    pub fn from_f64(float: f64) -> Self {
        match BigFloat::from_f64(float) {
            Some(big) if float.abs() >= 9.0e15 => Self::Big(Big(Arc::new(big))),
            Some(big) => Self::from_big(big),
            None => Self::Integer(0),
        }
    }

    /// A number that Terraform counted itself: it has 64 bits, and so has what is computed of such numbers alone.
    #[must_use]
    pub fn count(count: i64) -> Self {
        match BigFloat::from_count(count) {
            Some(big) if count != 0 => Self::Big(Big(Arc::new(big))),
            _ => Self::Integer(count),
        }
    }

    /// The number of a whole number of any size, rounded to 512 bits; `None` beyond some 12,000 decimal digits.
    #[must_use]
    pub fn from_integer(integer: &BigInt) -> Option<Self> {
        BigFloat::from_integer(integer).map(Self::from_big)
    }

    fn from_big(big: BigFloat) -> Self {
        match big.to_i64() {
            Some(integer) => Self::Integer(integer),
            None => Self::Big(Big(Arc::new(big))),
        }
    }

    fn big(&self) -> std::borrow::Cow<'_, BigFloat> {
        match self {
            Self::Integer(integer) => std::borrow::Cow::Owned(BigFloat::from_i64(*integer)),
            Self::Big(Big(big)) => std::borrow::Cow::Borrowed(big),
        }
    }

    /// The whole number, if it is one of 64 bits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Integer(integer) => Some(*integer),
            Self::Big(Big(big)) => big.to_i64(),
        }
    }

    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the nearest float is what is asked for")]
    pub fn as_f64(&self) -> f64 {
        match self {
            Self::Integer(integer) => *integer as f64,
            Self::Big(Big(big)) => big.to_f64(),
        }
    }

    /// Whether the number has no fraction.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        match self {
            Self::Integer(_) => true,
            Self::Big(Big(big)) => big.is_integer(),
        }
    }

    #[must_use]
    pub fn is_zero(&self) -> bool {
        matches!(self, Self::Integer(0))
    }

    #[must_use]
    pub fn is_negative(&self) -> bool {
        match self {
            Self::Integer(integer) => *integer < 0,
            Self::Big(Big(big)) => big.is_negative(),
        }
    }

    /// The whole part, towards zero.
    #[must_use]
    pub fn truncated(&self) -> BigInt {
        self.big().truncated()
    }

    /// The largest whole number that is not larger; `None` beyond the bound on size.
    #[must_use]
    pub fn floor(&self) -> Option<Self> {
        match self {
            Self::Integer(_) => Some(self.clone()),
            Self::Big(Big(big)) => Self::from_integer(&big.floor()),
        }
    }

    /// The smallest whole number that is not smaller; `None` beyond the bound on size.
    #[must_use]
    pub fn ceil(&self) -> Option<Self> {
        match self {
            Self::Integer(_) => Some(self.clone()),
            Self::Big(Big(big)) => Self::from_integer(&big.ceil()),
        }
    }

    /// The number exactly: the decimal digits of its magnitude, of which the last so many stand after the point.
    #[must_use]
    pub fn exact_decimal(&self) -> (String, usize) {
        match self {
            Self::Integer(integer) => (integer.unsigned_abs().to_string(), 0),
            Self::Big(Big(big)) => big.exact_decimal(),
        }
    }

    #[must_use]
    pub fn negated(&self) -> Self {
        match self {
            Self::Integer(integer) => integer
                .checked_neg()
                .map_or_else(|| Self::from_big(BigFloat::from_i64(*integer).negated()), Self::Integer),
            Self::Big(Big(big)) => Self::from_big(big.negated()),
        }
    }

    #[must_use]
    pub fn abs(&self) -> Self {
        if self.is_negative() { self.negated() } else { self.clone() }
    }

    /// The sum; `None` beyond the bound on size, as for the other operations.
    #[must_use]
    pub fn add(&self, other: &Self) -> Option<Self> {
        if let (Self::Integer(a), Self::Integer(b)) = (self, other)
            && let Some(sum) = a.checked_add(*b)
        {
            return Some(Self::Integer(sum));
        }
        self.big().add(&other.big()).map(Self::from_big)
    }

    #[must_use]
    pub fn subtract(&self, other: &Self) -> Option<Self> {
        if let (Self::Integer(a), Self::Integer(b)) = (self, other)
            && let Some(difference) = a.checked_sub(*b)
        {
            return Some(Self::Integer(difference));
        }
        self.big().add(&other.big().negated()).map(Self::from_big)
    }

    #[must_use]
    pub fn multiply(&self, other: &Self) -> Option<Self> {
        if let (Self::Integer(a), Self::Integer(b)) = (self, other)
            && let Some(product) = a.checked_mul(*b)
        {
            return Some(Self::Integer(product));
        }
        self.big().multiply(&other.big()).map(Self::from_big)
    }

    /// The quotient, rounded to the precision; `None` for a divisor of zero as well.
    #[must_use]
    pub fn divide(&self, other: &Self) -> Option<Self> {
        if let (Self::Integer(a), Self::Integer(b)) = (self, other)
            && a.checked_rem(*b) == Some(0)
        {
            return a.checked_div(*b).map(Self::Integer);
        }
        self.big().divide(&other.big()).map(Self::from_big)
    }

    /// What is left after division towards zero, with the sign of `self`; `None` for a divisor of zero as well.
    #[must_use]
    pub fn remainder(&self, other: &Self) -> Option<Self> {
        if let (Self::Integer(a), Self::Integer(b)) = (self, other)
            && let Some(rest) = a.checked_rem(*b)
        {
            return Some(Self::Integer(rest));
        }
        if other.is_zero() {
            return None;
        }
        self.big().remainder(&other.big()).map(Self::from_big)
    }
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        Self::Integer(integer)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a.cmp(b),
            _ => self.big().compare(&other.big()),
        }
    }
}

impl fmt::Display for Number {
    /// As Terraform writes numbers: the shortest decimal that reads back as the same number, without an exponent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(integer) => write!(f, "{integer}"),
            Self::Big(Big(big)) => f.write_str(&big.to_decimal()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap_or_else(|| panic!("{text} is a number"))
    }

    #[test]
    fn fractions_are_computed_and_printed_with_512_bits() {
        let third = number("1").divide(&number("3")).unwrap().to_string();
        // As `terraform console` prints `1/3`.
        assert_eq!(third, format!("0.{}5", "3".repeat(154)));
        assert_eq!(number("0.1").add(&number("0.2")).unwrap().to_string(), "0.3");
        assert_eq!(number("2.50").to_string(), "2.5");
        assert_eq!(number("-0.0").to_string(), "0");
    }

    #[test]
    fn quotients_of_counts_have_64_bits() {
        assert_eq!(Number::count(1).divide(&Number::count(3)).unwrap().to_string(), "0.33333333333333333334");
        assert_eq!(Number::count(6).divide(&Number::count(3)).unwrap().to_string(), "2");
        assert_eq!(Number::count(1).divide(&number("3")), number("1").divide(&number("3")));
        assert_eq!((Number::count(7).to_string().as_str(), Number::count(7).as_i64()), ("7", Some(7)));
        assert!(Number::count(0).is_zero());
    }

    #[test]
    fn large_whole_numbers_are_exact() {
        assert_eq!(number("1e100").to_string(), format!("1{}", "0".repeat(100)));
        let large = number("9223372036854775807");
        assert_eq!(large.add(&number("1")).unwrap().to_string(), "9223372036854775808");
        assert_eq!(large.multiply(&large).unwrap().to_string(), "85070591730234615847396907784232501249");
        assert_eq!(number("-9223372036854775808").negated().to_string(), "9223372036854775808");
    }

    #[test]
    fn remainders_have_the_sign_of_the_dividend() {
        assert_eq!(number("-7").remainder(&number("3")), Some(number("-1")));
        assert_eq!(number("7.5").remainder(&number("2")), Some(number("1.5")));
        assert_eq!(number("7").remainder(&number("0")), None);
    }

    #[test]
    fn numbers_beyond_the_bound_are_refused_instead_of_filling_memory() {
        assert!(Number::parse("1e1000000000").is_none());
        assert!(Number::parse("1e-1000000000").is_none());
        assert!(Number::parse(&"9".repeat(100_000)).is_none());
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", ".", "e5", "1e", "1e1.5", "0x10", " 1", "1 ", "1_000", "inf", "nan", "--1", "1..2"] {
            assert!(Number::parse(text).is_none(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back_as_the_same_number(a in any::<i64>(), b in 1i64..1_000_000) {
            let quotient = Number::Integer(a).divide(&Number::Integer(b)).unwrap();
            prop_assert_eq!(number(&quotient.to_string()), quotient);
        }

        #[test]
        fn decimals_of_up_to_150_digits_are_printed_as_they_were_written(
            whole in "[1-9][0-9]{0,70}", fraction in "[0-9]{0,70}[1-9]"
        ) {
            let text = format!("{whole}.{fraction}");
            prop_assert_eq!(number(&text).to_string(), text);
        }

        #[test]
        fn floats_keep_their_value_and_their_shortest_form(float in any::<f64>()) {
            prop_assume!(float.is_finite() && (float == 0.0 || (1e-300..1e300).contains(&float.abs())));
            let number = Number::from_f64(float);
            prop_assert_eq!(number.as_f64().to_bits(), (float + 0.0).to_bits());
            if float != 0.0 {
                // Where two shortest forms lie equally near, either will do.
                let printed = number.to_string();
                prop_assert_eq!(printed.parse::<f64>().unwrap().to_bits(), float.to_bits());
                prop_assert_eq!(printed.len(), format!("{float}").len());
            }
        }

        #[test]
        fn order_agrees_with_subtraction(a in any::<i64>(), b in any::<i64>(), c in 1i64..1000) {
            let (a, b) = (Number::Integer(a).divide(&c.into()).unwrap(), Number::Integer(b));
            let difference = a.subtract(&b).unwrap();
            let sign = if difference.is_zero() { Ordering::Equal }
                else if difference.is_negative() { Ordering::Less } else { Ordering::Greater };
            prop_assert_eq!(a.cmp(&b), sign);
        }
    }
}

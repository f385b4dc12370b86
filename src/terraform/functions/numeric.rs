//! Numbers: `max`, `floor`, `parseint`, `range` and their like.

use num_bigint::BigInt;
use num_traits::Num;

use crate::value::{Data, ListKind, Number, Shape, Value};

use super::super::operators::too_large;
use super::super::types::Type;
use super::Error;
use super::call::{ANY, Call, Function, NUMBER};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("abs", &[NUMBER], Shape::Number, |call| Ok(number(call, call.number(0)?.abs()))),
    Function::new("ceil", &[NUMBER], Shape::Number, |call| checked(call, call.number(0)?.ceil())),
    Function::new("floor", &[NUMBER], Shape::Number, |call| checked(call, call.number(0)?.floor())),
    Function::new("log", &[NUMBER, NUMBER], Shape::Number, |call| {
        of_float(call, natural_logarithm(call.number(0)?.as_f64()) / natural_logarithm(call.number(1)?.as_f64()))
    }),
    Function::new("max", &[], Shape::Number, |call| extreme(call, std::cmp::Ordering::Greater)).and_more(NUMBER),
    Function::new("min", &[], Shape::Number, |call| extreme(call, std::cmp::Ordering::Less)).and_more(NUMBER),
    Function::new("parseint", &[ANY, NUMBER], Shape::Number, parseint),
    Function::new("pow", &[NUMBER, NUMBER], Shape::Number, |call| {
        of_float(call, power(call.number(0)?.as_f64(), call.number(1)?.as_f64()))
    }),
    Function::new("range", &[NUMBER], Shape::List, range).and_more(NUMBER),
    Function::new("signum", &[NUMBER], Shape::Number, |call| {
        Ok(Value::integer(call.integer(0)?.signum(), call.origin()))
    }),
    Function::new("sum", &[ANY], Shape::Number, sum),
];

fn number(call: &Call<'_>, number: Number) -> Value {
    Value::number(number, call.origin())
}

fn checked(call: &Call<'_>, result: Option<Number>) -> Result<Value, Error> {
    result.map(|result| number(call, result)).ok_or_else(too_large)
}

fn of_float(call: &Call<'_>, float: f64) -> Result<Value, Error> {
    if float.is_nan() {
        return Err(Error::new("the result is not a number"));
    }
    Ok(if float.is_infinite() {
        call.unknown_for("the result is an infinite number")
    } else {
        number(call, Number::from_f64(float))
    })
}

/// The natural logarithm as Terraform computes it, whose last bit is not that of other libraries: the number is split
/// into `2^k * (1 + f)`, and the logarithm of `1 + f` is a series of `s = f / (2 + f)`.
fn natural_logarithm(x: f64) -> f64 {
    const SERIES: [f64; 7] = [
        0.666_666_666_666_673_5,
        0.399_999_999_994_094_2,
        0.285_714_287_436_623_9,
        0.222_221_984_321_497_84,
        0.181_835_721_616_180_5,
        0.153_138_376_992_093_73,
        0.147_981_986_051_165_86,
    ];
    const LN_2_HIGH: f64 = 0.693_147_180_369_123_8;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    if !x.is_finite() || x <= 0.0 {
        return x.ln();
    }
    let (mut fraction, mut k) = split(x);
    if fraction < std::f64::consts::FRAC_1_SQRT_2 {
        fraction *= 2.0;
        k -= 1;
    }
    let f = fraction - 1.0;
    let k = f64::from(k);
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    let odd = s2 * (SERIES[0] + s4 * (SERIES[2] + s4 * (SERIES[4] + s4 * SERIES[6])));
    let even = s4 * (SERIES[1] + s4 * (SERIES[3] + s4 * SERIES[5]));
    let half_square = 0.5 * f * f;
    k * LN_2_HIGH - ((half_square - (s * (half_square + (odd + even)) + k * LN_2_LOW)) - f)
}

/// A finite positive number as a fraction of at least a half and below one, and a power of two.
fn split(x: f64) -> (f64, i32) {
    const EXPONENT: u64 = 0x7ff << 52;
    let (x, shift) = if x < f64::MIN_POSITIVE { (x * 2f64.powi(54), 54) } else { (x, 0) };
    let bits = x.to_bits();
    let exponent = i32::try_from((bits & EXPONENT) >> 52).unwrap_or(0) - 1022 - shift;
    (f64::from_bits((bits & !EXPONENT) | (1022 << 52)), exponent)
}

/// A power as Terraform computes it: the whole part of the exponent by squaring, the rest by logarithm.
fn power(x: f64, y: f64) -> f64 {
    let whole = y.abs().trunc();
    if y.abs() < f64::MIN_POSITIVE || x.abs() < f64::MIN_POSITIVE || !x.is_finite() || !y.is_finite() || whole >= 1e15 {
        return x.powf(y);
    }
    if (y.abs() - 0.5).abs() < f64::MIN_POSITIVE {
        return if y > 0.0 { x.sqrt() } else { 1.0 / x.sqrt() };
    }
    let rest = y.abs() - whole;
    if rest > 0.0 && x < 0.0 {
        return f64::NAN;
    }
    let (mut result, mut scale) = (1.0, 0i64);
    let mut whole = whole;
    if rest > 0.0 {
        let rest = if rest > 0.5 { rest - 1.0 } else { rest };
        whole += if rest < 0.0 { 1.0 } else { 0.0 };
        result = (rest * natural_logarithm(x)).exp();
    }
    let (fraction, exponent) = split(x.abs());
    let (mut fraction, mut exponent) = (fraction.copysign(x), i64::from(exponent));
    #[expect(clippy::cast_possible_truncation, reason = "it is below 1e15")]
    let mut bits = whole as i64;
    while bits != 0 {
        if exponent.abs() > 1 << 12 {
            scale += exponent;
            break;
        }
        if bits & 1 == 1 {
            result *= fraction;
            scale += exponent;
        }
        fraction *= fraction;
        exponent *= 2;
        if fraction < 0.5 {
            fraction += fraction;
            exponent -= 1;
        }
        bits >>= 1;
    }
    if y < 0.0 {
        result = 1.0 / result;
        scale = -scale;
    }
    // In steps, because a power of two alone may be out of range where the product is not.
    let mut left = scale.clamp(-5000, 5000);
    while left != 0 {
        let step = left.clamp(-1000, 1000);
        result *= 2f64.powi(i32::try_from(step).unwrap_or(0));
        left -= step;
    }
    result
}

fn extreme(call: &Call<'_>, wanted: std::cmp::Ordering) -> Result<Value, Error> {
    let mut best: Option<&Value> = None;
    for (at, arg) in call.args.iter().enumerate() {
        let this = call.number(at)?;
        if best.and_then(Value::as_number).is_none_or(|best| this.cmp(best) == wanted) {
            best = Some(arg);
        }
    }
    // The number that decides keeps its place.
    best.cloned().ok_or_else(|| Error::new("at least one number is required"))
}

fn parseint(call: &Call<'_>) -> Result<Value, Error> {
    let text = call.text(0)?;
    let base = call.integer(1)?;
    let Some(base) = u32::try_from(base).ok().filter(|base| (2..=62).contains(base)) else {
        return Err(Error::of_argument("the base must be a whole number between 2 and 62", 1));
    };
    let cannot = || Error::of_argument(format!("`{text}` is no whole number of base {base}"), 0);
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 20_000 || !digits.bytes().all(|digit| digit.is_ascii_alphanumeric()) {
        return Err(cannot());
    }
    let magnitude = if base <= 36 {
        BigInt::from_str_radix(digits, base).map_err(|_| cannot())?
    } else {
        // Above 36 upper-case letters are digits of their own, after the lower-case ones.
        let mut magnitude = BigInt::from(0);
        for digit in digits.bytes() {
            let digit = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'z' => digit - b'a' + 10,
                _ => digit - b'A' + 36,
            };
            if u32::from(digit) >= base {
                return Err(cannot());
            }
            magnitude = magnitude * base + digit;
        }
        magnitude
    };
    checked(call, Number::from_integer(&if negative { -magnitude } else { magnitude }))
}

/// The most elements that `range` makes, as in Terraform.
const MAX_RANGE: usize = 1024;

fn range(call: &Call<'_>) -> Result<Value, Error> {
    let zero = Number::Integer(0);
    let (start, end) = match call.args.len() {
        1 => (&zero, call.number(0)?),
        2 | 3 => (call.number(0)?, call.number(1)?),
        _ => return Err(Error::new("one, two or three numbers are required")),
    };
    let down = end < start;
    let step = match call.args.len() {
        3 => call.number(2)?.clone(),
        _ => Number::Integer(if down { -1 } else { 1 }),
    };
    if call.args.len() == 3 && !step.is_zero() && start != end && step.is_negative() != down {
        let wanted = if down { "less" } else { "greater" };
        return Err(Error::of_argument(
            format!("the end is {wanted} than the start, and the step leads away from it"),
            2,
        ));
    }
    let mut items = Vec::new();
    let mut at = start.clone();
    while if down { at > *end } else { at < *end } {
        if items.len() >= MAX_RANGE {
            return Err(Error::new(format!("more than {MAX_RANGE} values would be made")));
        }
        items.push(number(call, at.clone()));
        at = at.add(&step).ok_or_else(too_large)?;
    }
    let numbers = super::super::types::Type::List(Box::new(super::super::types::Type::Number));
    Ok(call.list_of(ListKind::List, items, None).tagged(super::super::tag::tag(&numbers)))
}

fn sum(call: &Call<'_>) -> Result<Value, Error> {
    let list = call.list(0)?;
    if list.items.is_empty() {
        return Err(Error::of_argument("an empty list can't be summed", 0));
    }
    let mut total: Option<Number> = None;
    for item in &list.items {
        let item = Type::Number.convert(item).map_err(|error| error.at_argument(0))?;
        let Data::Number(item) = &item.data else { return Err(Error::of_argument("null can't be summed", 0)) };
        total = Some(match total {
            Some(total) => total.add(item).ok_or_else(too_large)?,
            // One number alone keeps its precision.
            None => item.clone(),
        });
    }
    Ok(number(call, total.unwrap_or(Number::Integer(0))))
}

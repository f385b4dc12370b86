//! `format` and `formatlist`: texts with verbs, partly known where an argument is not known.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use crate::value::text::parts;
use crate::value::{Data, ListKind, Number, OriginId, Part, Shape, Text, Unknown, Value, join_parts};

use super::super::lift::reason;
use super::super::tag::tag;
use super::super::types::Type;
use super::Error;
use super::call::{ANY, Call, Function, STRING, check_length};
use super::decimal::Decimal;
use super::json;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("format", &[STRING], Shape::String, format).and_more(ANY.or_null().partly()),
    Function::new("formatlist", &[STRING], Shape::List, formatlist).and_more(ANY.or_null().partly()),
];

/// The widest field and the most digits that a verb may ask for.
const MAX_WIDTH: usize = 10_000;

fn format(call: &Call<'_>) -> Result<Value, Error> {
    let args: Vec<&Value> = call.args.iter().skip(1).collect();
    let pieces = format_parts(call.text(0)?, &args, [call.arg(0)?.origin, call.origin()])?;
    Ok(call.joined(pieces))
}

fn formatlist(call: &Call<'_>) -> Result<Value, Error> {
    let text = call.text(0)?;
    let mut common: Option<(usize, usize)> = None;
    for (at, arg) in call.args.iter().enumerate().skip(1) {
        match &arg.data {
            Data::List(list) if list.rest.is_some() => return Ok(call.unknown(arg)),
            Data::List(list) => match common {
                Some((first, before)) if before != list.items.len() => {
                    return Err(Error::of_argument(
                        format!("it has {} elements, but argument {first} has {before}", list.items.len()),
                        at,
                    ));
                }
                _ => common = Some((at, list.items.len())),
            },
            Data::Unknown(unknown) if matches!(unknown.shape, Shape::Any | Shape::List) => {
                return Ok(call.unknown(arg));
            }
            _ => {}
        }
    }
    let count = common.map_or(1, |(_, count)| count);
    let mut items = Vec::with_capacity(count);
    let mut length = 0;
    for at in 0..count {
        let args: Vec<&Value> = call
            .args
            .iter()
            .skip(1)
            .filter_map(|arg| match &arg.data {
                Data::List(list) => list.items.get(at),
                _ => Some(arg),
            })
            .collect();
        let item = call.joined(format_parts(text, &args, [call.arg(0)?.origin, call.origin()])?);
        length += item.as_str().map_or(0, str::len);
        check_length(length)?;
        items.push(item);
    }
    let strings = Type::List(Box::new(Type::String));
    Ok(call.list_of(ListKind::List, items, None).tagged(tag(&strings)))
}

/// One verb with its flags: `%-8.2[1]f`.
#[derive(Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own in the language")]
struct Verb {
    text: String,
    plus: bool,
    minus: bool,
    zero: bool,
    space: bool,
    sharp: bool,
    width: Option<usize>,
    precision: Option<usize>,
    /// From 1; the argument after the one before, where none is given.
    argument: Option<usize>,
    letter: char,
}

/// The pieces of the text that a format gives: its own at the place where it is written, what is made of numbers and
/// structures at the place of the call.
fn format_parts(format: &str, args: &[&Value], [written, origin]: [OriginId; 2]) -> Result<Vec<Part>, Error> {
    let mut pieces = Vec::new();
    let mut used = 0;
    let mut next = 0;
    let mut rest = format;
    let mut length = 0;
    let push = |pieces: &mut Vec<Part>, text: &str| pieces.push(Part::Known(text.into(), written));
    while let Some(at) = rest.find('%') {
        push(&mut pieces, &rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("%%") {
            push(&mut pieces, "%");
            rest = after;
            continue;
        }
        let verb = read_verb(rest)?;
        rest = &rest[verb.text.len()..];
        let number = verb.argument.unwrap_or(next + 1);
        next = number;
        used = used.max(number);
        let Some(arg) = number.checked_sub(1).and_then(|at| args.get(at)) else {
            return Err(Error::new(format!(
                "`{}` wants argument {number}, but there are {} after the format",
                verb.text,
                args.len()
            )));
        };
        for piece in format_verb(&verb, arg, origin).map_err(|error| error.at_argument(number))? {
            if let Part::Known(text, _) = &piece {
                length += text.len();
                check_length(length)?;
            }
            pieces.push(piece);
        }
    }
    push(&mut pieces, rest);
    if used < args.len() {
        return Err(Error::of_argument(format!("the format uses only {used} of {} arguments", args.len()), used + 1));
    }
    Ok(pieces)
}

fn read_verb(text: &str) -> Result<Verb, Error> {
    let mut verb = Verb::default();
    let mut chars = text.char_indices().skip(1).peekable();
    let end = || Error::new("the format ends within a verb");
    let too_wide = || Error::new(format!("a verb asks for more than {MAX_WIDTH} characters"));
    while let Some((_, flag)) = chars.peek() {
        match flag {
            '+' => verb.plus = true,
            '-' => verb.minus = true,
            '0' => verb.zero = true,
            ' ' => verb.space = true,
            '#' => verb.sharp = true,
            _ => break,
        }
        chars.next();
    }
    let digits = |chars: &mut std::iter::Peekable<_>| -> Result<Option<usize>, Error> {
        let chars: &mut std::iter::Peekable<std::iter::Skip<std::str::CharIndices<'_>>> = chars;
        let mut number = None;
        while let Some(digit) = chars.peek().and_then(|(_, character)| character.to_digit(10)) {
            let value = number.unwrap_or(0usize) * 10 + digit as usize;
            if value > MAX_WIDTH {
                return Err(too_wide());
            }
            number = Some(value);
            chars.next();
        }
        Ok(number)
    };
    verb.width = digits(&mut chars)?;
    if chars.peek().is_some_and(|(_, character)| *character == '.') {
        chars.next();
        verb.precision = Some(digits(&mut chars)?.unwrap_or(0));
    }
    if chars.peek().is_some_and(|(_, character)| *character == '[') {
        chars.next();
        verb.argument = digits(&mut chars)?.filter(|number| *number > 0);
        if verb.argument.is_none() || chars.next().is_none_or(|(_, character)| character != ']') {
            return Err(Error::new("an argument's number in a verb is written `[1]`"));
        }
    }
    let (at, letter) = chars.next().ok_or_else(end)?;
    verb.letter = letter;
    text.get(..at + letter.len_utf8()).unwrap_or_default().clone_into(&mut verb.text);
    Ok(verb)
}

fn format_verb(verb: &Verb, arg: &Value, origin: OriginId) -> Result<Vec<Part>, Error> {
    let wrong = |wanted: &str| Error::new(format!("`{}` wants {wanted}", verb.text));
    let null = || Error::new(format!("null can't be formatted with `{}`", verb.text));
    let convert = |ty: &Type, wanted: &str| -> Result<Value, Error> {
        if arg.is_unset() {
            return Err(null());
        }
        ty.convert(arg).map_err(|_| wrong(wanted))
    };
    let plain = verb.width.is_none() && verb.precision.is_none();
    let text = match verb.letter {
        'v' => match &arg.data {
            _ if verb.sharp => json_text(arg, origin)?,
            Data::Null | Data::Absent => Some("null".to_owned()),
            Data::String(text) => Some(text.to_string()),
            Data::Number(number) => Some(signed(number, Decimal::shortest(number).general(None))),
            Data::Bool(known) => Some(known.to_string()),
            Data::Parts(_) | Data::Unknown(_) if plain => return Ok(open_text(arg)),
            Data::List(_) | Data::Map(_) => json_text(arg, origin)?,
            _ => None,
        },
        's' => {
            let text = convert(&Type::String, "a string")?;
            match &text.data {
                Data::String(text) => Some(shortened(text, verb).to_owned()),
                _ if plain => return Ok(open_text(&text)),
                _ => None,
            }
        }
        'q' => {
            let text = convert(&Type::String, "a string")?;
            text.as_str().map(|text| json::quoted(shortened(text, verb)))
        }
        't' => convert(&Type::Bool, "a bool")?.as_bool().map(|known| known.to_string()),
        'd' | 'b' | 'o' | 'x' | 'X' => match convert(&Type::Number, "a number")?.as_number() {
            Some(number) if !number.is_integer() => return Err(wrong("a whole number")),
            Some(number) => return Ok(vec![Part::Known(whole_number(verb, number), origin)]),
            None => None,
        },
        'e' | 'E' | 'f' | 'g' | 'G' => match convert(&Type::Number, "a number")?.as_number() {
            Some(number) => return Ok(vec![Part::Known(fraction(verb, number), origin)]),
            None => None,
        },
        other => return Err(Error::new(format!("there is no verb `{other}`"))),
    };
    Ok(match text {
        // A bool is not padded.
        Some(text) if verb.letter == 't' => vec![Part::Known(text.into(), origin)],
        // Texts are filled with zeros behind as well.
        Some(text) if verb.minus && verb.zero => {
            let fill = verb.width.unwrap_or(0).saturating_sub(text.graphemes(true).count());
            vec![Part::Known(format!("{text}{}", "0".repeat(fill)).into(), origin)]
        }
        Some(text) => vec![Part::Known(padded(verb, "", &text), origin)],
        None => {
            let why = reason(arg).unwrap_or_else(|| "a part of it is not known".into());
            vec![Part::Open(Arc::new(Unknown { why, symbol: None, shape: Shape::String }), arg.origin)]
        }
    })
}

/// The pieces of a text that is not wholly known.
fn open_text(value: &Value) -> Vec<Part> {
    parts(value).unwrap_or_default()
}

fn json_text(value: &Value, origin: OriginId) -> Result<Option<String>, Error> {
    let pieces = json::encode(value, origin)?;
    Ok(join_parts(pieces, origin).as_str().map(str::to_owned))
}

/// The first grapheme clusters of a text, as many as the precision says.
fn shortened<'t>(text: &'t str, verb: &Verb) -> &'t str {
    match verb.precision {
        Some(keep) if keep > 0 => text.grapheme_indices(true).nth(keep).map_or(text, |(at, _)| &text[..at]),
        _ => text,
    }
}

fn signed(number: &Number, magnitude: String) -> String {
    if number.is_negative() { format!("-{magnitude}") } else { magnitude }
}

/// A number with at most ten digits, in the form by which Terraform orders collections in a set.
pub(in super::super) fn short_form(number: &Number) -> String {
    signed(number, Decimal::exact(number).general(Some(10)))
}

fn sign(verb: &Verb, number: &Number) -> &'static str {
    match () {
        () if number.is_negative() => "-",
        () if verb.plus => "+",
        () if verb.space => " ",
        () => "",
    }
}

fn whole_number(verb: &Verb, number: &Number) -> Text {
    let magnitude = number.abs().truncated();
    let mut digits = match verb.letter {
        'b' => magnitude.to_str_radix(2),
        'o' => magnitude.to_str_radix(8),
        'x' => magnitude.to_str_radix(16),
        'X' => magnitude.to_str_radix(16).to_uppercase(),
        _ => magnitude.to_str_radix(10),
    };
    if let Some(precision) = verb.precision
        && digits.len() < precision
    {
        digits.insert_str(0, &"0".repeat(precision - digits.len()));
    }
    let prefix = match (verb.sharp, verb.letter) {
        (true, 'b') => "0b",
        (true, 'o') => "0",
        (true, 'x') => "0x",
        (true, 'X') => "0X",
        _ => "",
    };
    let sign = sign(verb, number);
    match (verb.width, verb.precision) {
        (_, Some(0)) if number.is_zero() => Text::default(),
        // The precision says how many zeros there are; the width is filled with spaces.
        (Some(width), Some(_)) => {
            let text = format!("{sign}{prefix}{digits}");
            let fill = " ".repeat(width.saturating_sub(text.len()));
            if verb.minus { format!("{text}{fill}").into() } else { format!("{fill}{text}").into() }
        }
        _ => padded(verb, &format!("{sign}{prefix}"), &digits),
    }
}

fn fraction(verb: &Verb, number: &Number) -> Text {
    let places = verb.precision.unwrap_or(6);
    let magnitude = match verb.letter {
        'e' => Decimal::exact(number).scientific(places),
        'E' => Decimal::exact(number).scientific(places).to_uppercase(),
        'f' => Decimal::exact(number).fixed(places),
        _ => {
            let decimal = if verb.precision.is_some() { Decimal::exact(number) } else { Decimal::shortest(number) };
            let text = decimal.general(verb.precision);
            if verb.letter == 'G' { text.to_uppercase() } else { text }
        }
    };
    // Zeros stand before a fraction, wherever it is to stand.
    padded(&Verb { minus: verb.minus && !verb.zero, ..verb.clone() }, sign(verb, number), &magnitude)
}

/// Fills up to the width: spaces before, or zeros after the sign, or spaces behind.
fn padded(verb: &Verb, sign: &str, text: &str) -> Text {
    let Some(width) = verb.width else { return format!("{sign}{text}").into() };
    let fill = width.saturating_sub(sign.len() + text.graphemes(true).count());
    if verb.minus {
        format!("{sign}{text}{}", " ".repeat(fill)).into()
    } else if verb.zero {
        format!("{sign}{}{text}", "0".repeat(fill)).into()
    } else {
        format!("{}{sign}{text}", " ".repeat(fill)).into()
    }
}

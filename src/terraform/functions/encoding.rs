//! Base64, URLs and character sets.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::value::{Shape, Value};

use super::Error;
use super::call::{Call, Function, STRING};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base64decode", &[STRING], Shape::String, |call| {
        let bytes = decode_base64(call.text(0)?)?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(call.string(text)),
            Err(_) => Err(Error::of_argument("what it encodes is not valid UTF-8", 0)),
        }
    }),
    Function::new("base64encode", &[STRING], Shape::String, |call| {
        Ok(call.string(encode_base64(call.text(0)?.as_bytes())))
    }),
    Function::new("base64gunzip", &[STRING], Shape::String, gunzip),
    // The bytes depend on the compressor.
    Function::new("base64gzip", &[STRING], Shape::String, |call| {
        Ok(call.unknown_for("compressed data is not computed here"))
    }),
    Function::new("textdecodebase64", &[STRING, STRING], Shape::String, textdecode),
    Function::new("textencodebase64", &[STRING, STRING], Shape::String, textencode),
    Function::new("urldecode", &[STRING], Shape::String, urldecode),
    Function::new("urlencode", &[STRING], Shape::String, |call| Ok(call.string(urlencode(call.text(0)?)))),
];

pub(super) fn encode_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn decode_base64(text: &str) -> Result<Vec<u8>, Error> {
    // Line breaks are passed over, as Go does.
    let text: String = text.chars().filter(|character| !matches!(character, '\r' | '\n')).collect();
    STANDARD.decode(text).map_err(|_| Error::of_argument("it is not Base64", 0))
}

/// The largest text that is unpacked.
const MAX_UNPACKED: usize = 1 << 24;

/// Unpacks a gzip stream (RFC 1952).
fn gunzip(call: &Call<'_>) -> Result<Value, Error> {
    let bytes = decode_base64(call.text(0)?)?;
    let broken = || Error::of_argument("it is not gzip data", 0);
    let body = gzip_body(&bytes).ok_or_else(broken)?;
    match miniz_oxide::inflate::decompress_to_vec_with_limit(body, MAX_UNPACKED) {
        Ok(text) => String::from_utf8(text)
            .map(|text| call.string(text))
            .map_err(|_| Error::of_argument("what it encodes is not valid UTF-8", 0)),
        Err(error) if error.status == miniz_oxide::inflate::TINFLStatus::HasMoreOutput => {
            Ok(call.unknown_for("it unpacks to more than 16 MiB"))
        }
        Err(_) => Err(broken()),
    }
}

/// The deflate stream behind a gzip header.
fn gzip_body(bytes: &[u8]) -> Option<&[u8]> {
    let [0x1f, 0x8b, 8, flags, ..] = bytes else { return None };
    let mut rest = bytes.get(10..)?;
    if flags & 4 != 0 {
        let length = usize::from(u16::from_le_bytes([*rest.first()?, *rest.get(1)?]));
        rest = rest.get(2 + length..)?;
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    if flags & 2 != 0 {
        rest = rest.get(2..)?;
    }
    Some(rest)
}

/// The character sets that are known here; Terraform knows all of the IANA's.
enum Charset {
    Utf8,
    Utf16 { big: bool, mark: bool },
    Ascii,
    Latin1,
}

fn charset(name: &str) -> Option<Charset> {
    Some(match name.to_ascii_uppercase().as_str() {
        "UTF-8" | "UTF8" => Charset::Utf8,
        "UTF-16" => Charset::Utf16 { big: true, mark: true },
        "UTF-16LE" => Charset::Utf16 { big: false, mark: false },
        "UTF-16BE" => Charset::Utf16 { big: true, mark: false },
        "US-ASCII" | "ASCII" => Charset::Ascii,
        "ISO-8859-1" | "LATIN1" | "ISO_8859-1" => Charset::Latin1,
        _ => return None,
    })
}

fn textencode(call: &Call<'_>) -> Result<Value, Error> {
    let text = call.text(0)?;
    let Some(charset) = charset(call.text(1)?) else {
        return Ok(call.unknown_for(format!("the character set `{}` is not known here", call.text(1)?)));
    };
    let single = |limit: u32| -> Result<Vec<u8>, Error> {
        text.chars()
            .map(|character| {
                u8::try_from(u32::from(character))
                    .ok()
                    .filter(|byte| u32::from(*byte) < limit)
                    .ok_or_else(|| Error::of_argument(format!("`{character}` is not in this character set"), 0))
            })
            .collect()
    };
    let bytes = match charset {
        Charset::Utf8 => text.as_bytes().to_vec(),
        Charset::Utf16 { big, mark } => {
            let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
            units.flat_map(|unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        }
        Charset::Ascii => single(0x80)?,
        Charset::Latin1 => single(0x100)?,
    };
    Ok(call.string(encode_base64(&bytes)))
}

fn textdecode(call: &Call<'_>) -> Result<Value, Error> {
    let bytes = decode_base64(call.text(0)?)?;
    let Some(charset) = charset(call.text(1)?) else {
        return Ok(call.unknown_for(format!("the character set `{}` is not known here", call.text(1)?)));
    };
    let text = match charset {
        Charset::Utf8 => String::from_utf8(bytes).ok(),
        Charset::Utf16 { big, mark } => {
            let units: Vec<u16> = bytes
                .chunks_exact(2)
                .map(|pair| {
                    let pair = [pair[0], pair[1]];
                    if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
                })
                .collect();
            let units = if mark { units.strip_prefix(&[0xfeff]).unwrap_or(&units) } else { &units };
            (bytes.len() % 2 == 0).then(|| String::from_utf16(units).ok()).flatten()
        }
        Charset::Ascii => bytes.is_ascii().then(|| bytes.iter().map(|byte| char::from(*byte)).collect()),
        Charset::Latin1 => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
    };
    text.map(|text| call.string(text))
        .ok_or_else(|| Error::of_argument("it holds what is not in this character set", 0))
}

fn urlencode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => {
                // Writing to a string can't fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

fn urldecode(call: &Call<'_>) -> Result<Value, Error> {
    let text = call.text(0)?;
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let mut digit = || bytes.next().and_then(|digit| char::from(digit).to_digit(16));
                let code = digit().zip(digit()).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
                out.push(code.ok_or_else(|| Error::of_argument("a `%` without two hexadecimal digits", 0))?);
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8(out)
        .map(|text| call.string(text))
        .map_err(|_| Error::of_argument("what it encodes is not valid UTF-8", 0))
}

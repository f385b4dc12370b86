//! Hashes of texts and files, name-based UUIDs, and what can't be computed twice.

use std::fmt::Write as _;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use crate::value::{Shape, Value};

use super::Error;
use super::call::{Call, Function, NUMBER, STRING};
use super::encoding::encode_base64;
use super::filesystem::with_file;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base64sha256", &[STRING], Shape::String, |call| {
        text(call, |bytes| encode_base64(&Sha256::digest(bytes)))
    }),
    Function::new("base64sha512", &[STRING], Shape::String, |call| {
        text(call, |bytes| encode_base64(&Sha512::digest(bytes)))
    }),
    Function::new("bcrypt", &[STRING], Shape::String, |call| Ok(call.unknown_for("it differs from run to run")))
        .and_more(NUMBER),
    Function::new("filebase64sha256", &[STRING], Shape::String, |call| {
        file(call, |bytes| encode_base64(&Sha256::digest(bytes)))
    }),
    Function::new("filebase64sha512", &[STRING], Shape::String, |call| {
        file(call, |bytes| encode_base64(&Sha512::digest(bytes)))
    }),
    Function::new("filemd5", &[STRING], Shape::String, |call| file(call, |bytes| hex(&Md5::digest(bytes)))),
    Function::new("filesha1", &[STRING], Shape::String, |call| file(call, |bytes| hex(&Sha1::digest(bytes)))),
    Function::new("filesha256", &[STRING], Shape::String, |call| file(call, |bytes| hex(&Sha256::digest(bytes)))),
    Function::new("filesha512", &[STRING], Shape::String, |call| file(call, |bytes| hex(&Sha512::digest(bytes)))),
    Function::new("md5", &[STRING], Shape::String, |call| text(call, |bytes| hex(&Md5::digest(bytes)))),
    Function::new("rsadecrypt", &[STRING, STRING], Shape::String, |call| {
        Ok(call.unknown_for("it is not decrypted here"))
    }),
    Function::new("sha1", &[STRING], Shape::String, |call| text(call, |bytes| hex(&Sha1::digest(bytes)))),
    Function::new("sha256", &[STRING], Shape::String, |call| text(call, |bytes| hex(&Sha256::digest(bytes)))),
    Function::new("sha512", &[STRING], Shape::String, |call| text(call, |bytes| hex(&Sha512::digest(bytes)))),
    Function::new("uuid", &[], Shape::String, |call| Ok(call.unknown_for("it differs from run to run"))),
    Function::new("uuidv5", &[STRING, STRING], Shape::String, uuidv5),
];

fn text(call: &Call<'_>, hash: fn(&[u8]) -> String) -> Result<Value, Error> {
    Ok(call.string(hash(call.text(0)?.as_bytes())))
}

fn file(call: &Call<'_>, hash: fn(&[u8]) -> String) -> Result<Value, Error> {
    with_file(call, |bytes| Ok(call.string(hash(&bytes))))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The namespaces of RFC 4122, which differ in their fourth byte.
fn namespace(name: &str) -> Option<[u8; 16]> {
    let known =
        |byte: u8| [0x6b, 0xa7, 0xb8, byte, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0, 0xc0, 0x4f, 0xd4, 0x30, 0xc8];
    match name {
        "dns" => return Some(known(0x10)),
        "url" => return Some(known(0x11)),
        "oid" => return Some(known(0x12)),
        "x500" => return Some(known(0x14)),
        _ => {}
    }
    let groups: Vec<usize> = name.split('-').map(str::len).collect();
    if groups != [8, 4, 4, 4, 12] {
        return None;
    }
    let digits: Vec<u32> =
        name.chars().filter(|character| *character != '-').map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
    let mut bytes = [0; 16];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        *byte = u8::try_from(pair.first()? * 16 + pair.get(1)?).ok()?;
    }
    Some(bytes)
}

fn uuidv5(call: &Call<'_>) -> Result<Value, Error> {
    let Some(namespace) = namespace(call.text(0)?) else {
        return Err(Error::of_argument("the namespace is `dns`, `url`, `oid`, `x500` or a UUID", 0));
    };
    let digest = Sha1::digest([&namespace, call.text(1)?.as_bytes()].concat());
    let mut bytes: Vec<u8> = digest.iter().copied().take(16).collect();
    if let (Some(version), Some(variant)) = (bytes.get(6).copied(), bytes.get(8).copied()) {
        bytes[6] = version & 0x0f | 0x50;
        bytes[8] = variant & 0x3f | 0x80;
    }
    let text = hex(&bytes);
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| text.get(range).unwrap_or_default());
    Ok(call.string(groups.join("-")))
}

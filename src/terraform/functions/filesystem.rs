//! Files and paths. Files are read through [`super::Files`], which keeps to the analysed root.

use crate::value::{ListKind, Shape, Value};

use super::Error;
use super::call::{Call, Function, STRING};
use super::encoding::encode_base64;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("abspath", &[STRING], Shape::String, |call| {
        let path = call.text(0)?;
        Ok(if path.starts_with('/') {
            call.string(clean(path))
        } else {
            match call.context.files.absolute(path) {
                Some(path) => call.string(path),
                None => call.unknown_for("the working directory differs from machine to machine"),
            }
        })
    }),
    Function::new("basename", &[STRING], Shape::String, |call| Ok(call.string(basename(call.text(0)?)))),
    Function::new("dirname", &[STRING], Shape::String, |call| {
        let path = call.text(0)?;
        Ok(call.string(clean(path.rfind('/').map_or("", |at| &path[..=at]))))
    }),
    Function::new("file", &[STRING], Shape::String, |call| {
        with_file(call, |bytes| match String::from_utf8(bytes) {
            Ok(text) => Ok(call.string(text)),
            Err(_) => Err(Error::of_argument("the file is not valid UTF-8; use `filebase64`", 0)),
        })
    }),
    Function::new("filebase64", &[STRING], Shape::String, |call| {
        with_file(call, |bytes| Ok(call.string(encode_base64(&bytes))))
    }),
    Function::new("fileexists", &[STRING], Shape::Bool, |call| {
        Ok(match call.context.files.exists(call.text(0)?) {
            Ok(exists) => call.bool(exists),
            Err(why) => call.unknown_for(why),
        })
    }),
    Function::new("fileset", &[STRING, STRING], Shape::List, |call| {
        Ok(match call.context.files.glob(call.text(0)?, call.text(1)?) {
            Ok(mut paths) => {
                paths.sort();
                paths.dedup();
                call.list_of(ListKind::Set, paths.into_iter().map(|path| call.string(path)).collect(), None)
            }
            Err(why) => call.unknown_for(why),
        })
    }),
    Function::new("pathexpand", &[STRING], Shape::String, |call| {
        let path = call.text(0)?;
        match path.strip_prefix('~') {
            None => Ok(call.string(path)),
            Some("") => Ok(call.unknown_for("the home directory differs from machine to machine")),
            Some(rest) if rest.starts_with('/') => {
                Ok(call.unknown_for("the home directory differs from machine to machine"))
            }
            Some(_) => Err(Error::of_argument("only the own home directory can be expanded", 0)),
        }
    }),
];

/// Reads the file that the first argument names. A file that is not there is an error, as in Terraform; one that may
/// not be read is unknown.
pub(super) fn with_file(call: &Call<'_>, then: impl FnOnce(Vec<u8>) -> Result<Value, Error>) -> Result<Value, Error> {
    let path = call.text(0)?;
    match call.context.files.exists(path) {
        Ok(false) => Err(Error::of_argument(format!("there is no file `{path}`"), 0)),
        Err(why) => Ok(call.unknown_for(why)),
        Ok(true) => match call.context.files.read(path) {
            Ok(bytes) => then(bytes),
            Err(why) => Ok(call.unknown_for(why)),
        },
    }
}

fn basename(path: &str) -> &str {
    if path.is_empty() {
        return ".";
    }
    match path.trim_end_matches('/') {
        "" => "/",
        path => path.rsplit('/').next().unwrap_or(path),
    }
}

/// The shortest path that means the same, without asking the disk.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut names: Vec<&str> = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." if names.last().is_some_and(|last| *last != "..") => {
                names.pop();
            }
            ".." if rooted => {}
            name => names.push(name),
        }
    }
    match (rooted, names.is_empty()) {
        (true, _) => format!("/{}", names.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => names.join("/"),
    }
}

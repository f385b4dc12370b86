//! The built-in functions of Terraform and OpenTofu over values that may be partly known.
//!
//! Takes a function's name and its evaluated arguments, gives the result or the error that Terraform would give.
//! `try`, `can`, `templatefile` and `templatestring` are not here: they look at expressions before evaluation.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::value::{OriginId, Origins, Value};

pub use super::error::Error;
use call::Function;
pub(super) use format::short_form;
pub(super) use json::push_escaped;

mod call;
mod collection;
mod conversion;
mod csv;
mod date;
mod decimal;
mod encoding;
mod filesystem;
mod format;
mod hash;
mod json;
mod map;
mod network;
mod numeric;
mod regex;
mod set;
mod string;
mod tfvars;
mod yaml;

/// What a call needs besides its arguments.
pub struct Context<'a> {
    pub files: &'a dyn Files,
    pub origins: &'a Origins,
    /// The place of the call; results that the function computes carry it, while elements of arguments that are
    /// handed on keep their own.
    pub origin: OriginId,
}

/// The files that functions may read, confined to the analysed root. Relative paths count from the directory that
/// Terraform would run in.
pub trait Files {
    /// The bytes of a file.
    ///
    /// # Errors
    /// Why it can't be read, as a phrase that can stand as the reason of an unknown.
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;

    /// Whether there is a regular file.
    ///
    /// # Errors
    /// Why that can't be told (the path leads out of the analysed root).
    fn exists(&self, path: &str) -> Result<bool, String>;

    /// The regular files below a directory whose path, relative to it and with `/`, matches a pattern with `*`,
    /// `**`, `?`, `[...]` and `{a,b}`; sorted.
    ///
    /// # Errors
    /// Why that can't be told.
    fn glob(&self, directory: &str, pattern: &str) -> Result<Vec<String>, String>;

    /// The absolute path; `None` where it would differ from machine to machine.
    fn absolute(&self, path: &str) -> Option<String>;
}

/// Calls a function by its name, which may be written `core::name` or `provider::terraform::name`.
///
/// Arguments may be unknown, partly known, or depend on inputs: the result is then known as far as it can be.
///
/// # Errors
/// What Terraform would reject in every combination of the inputs; where it would reject some combinations only, the
/// result is unknown in those.
pub fn call(name: &str, args: &[Value], context: &Context<'_>) -> Result<Value, Error> {
    match find(name) {
        Some(function) => function.call(args, context),
        None => Err(Error::new(format!("there is no function `{name}`"))),
    }
}

/// Whether there is a function of this name, in one of its forms.
#[must_use]
pub fn exists(name: &str) -> bool {
    find(name).is_some()
}

/// All functions by name, sorted; those of the provider `terraform` with `provider::terraform::` before it.
pub fn names() -> impl Iterator<Item = &'static str> {
    table().keys().copied()
}

fn find(name: &str) -> Option<&'static Function> {
    table().get(name.strip_prefix("core::").unwrap_or(name)).copied()
}

fn table() -> &'static BTreeMap<&'static str, &'static Function> {
    static TABLE: LazyLock<BTreeMap<&'static str, &'static Function>> = LazyLock::new(|| {
        FAMILIES.iter().flat_map(|family| family.iter()).map(|function| (function.name, function)).collect()
    });
    &TABLE
}

const FAMILIES: &[&[Function]] = &[
    collection::FUNCTIONS,
    conversion::FUNCTIONS,
    csv::FUNCTIONS,
    date::FUNCTIONS,
    encoding::FUNCTIONS,
    filesystem::FUNCTIONS,
    format::FUNCTIONS,
    hash::FUNCTIONS,
    json::FUNCTIONS,
    map::FUNCTIONS,
    network::FUNCTIONS,
    numeric::FUNCTIONS,
    regex::FUNCTIONS,
    set::FUNCTIONS,
    string::FUNCTIONS,
    tfvars::FUNCTIONS,
    yaml::FUNCTIONS,
];

#[cfg(test)]
mod tests;

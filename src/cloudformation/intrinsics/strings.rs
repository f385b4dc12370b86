//! `Fn::Join`, `Fn::Base64` and `Fn::ToJsonString`.

use crate::value::document::Document;
use crate::value::{Data, Part, Shape, Step, Value, combine, join_parts};

use super::super::call::Call;
use super::super::for_each::Scope;
use super::super::stack::Stack;
use super::super::text;
use super::json;

impl<'t> Stack<'t> {
    /// `Fn::Join`: the items of a list with a delimiter between them.
    pub(super) fn fn_join(&self, call: &Call<'t>, scope: &Scope) -> Value {
        let items = call.items();
        let [delimiter, list] = items.as_slice() else { return self.malformed(call, "a delimiter and a list") };
        let (delimiter, list) = (self.eval(*delimiter, scope), self.eval(*list, scope));
        combine(&[&delimiter, &list], &mut |leaves| {
            let literal = self.session.origins.literal(call.span);
            let (Some(delimiter), Data::List(list)) = (text::of_scalar(leaves[0]), &leaves[1].data) else {
                return self.made(text::derived("Join", leaves, Shape::String, literal), call.span, &[leaves[1]]);
            };
            if list.rest.is_some() {
                return self.made(text::derived("Join", leaves, Shape::String, literal), call.span, &[leaves[1]]);
            }
            let items: Vec<&Value> = list.items.iter().collect();
            combine(&items, &mut |items| {
                let mut parts: Vec<Part> = Vec::new();
                for item in items.iter().filter(|item| !item.is_absent()) {
                    if !parts.is_empty() {
                        parts.push(Part::Known(delimiter.clone(), literal));
                    }
                    match text::pieces(item) {
                        Some(found) => parts.extend(found),
                        None => return self.not_known(call, "an item of its list is no text"),
                    }
                }
                if self.session.text(text::length(&parts), call.span).is_none() {
                    return self.not_known(call, "the text is too long");
                }
                let decided: Vec<&Value> = if items.len() == 1 { items.to_vec() } else { links_first(items) };
                let joined = join_parts(self.session.origins.merged(parts, call.span), literal);
                self.made(super::sub::resolved(joined), call.span, &decided)
            })
        })
    }

    /// `Fn::Base64`.
    pub(super) fn fn_base64(&self, call: &Call<'t>, scope: &Scope) -> Value {
        let value = self.argument(call, scope);
        combine(&[&value], &mut |leaves| {
            let literal = self.session.origins.literal(call.span);
            let value = match text::of_scalar(leaves[0]) {
                Some(text) if self.session.text(text.len() * 2, call.span).is_none() => {
                    return self.not_known(call, "the text is too long");
                }
                Some(text) => Value::string(base64(text.as_bytes()), literal),
                None => text::derived("Base64", leaves, Shape::String, literal),
            };
            self.made(value, call.span, leaves)
        })
    }

    /// `Fn::ToJsonString`: a value as JSON text, which keeps the structure that it was made from.
    pub(super) fn fn_to_json_string(&self, call: &Call<'t>, scope: &Scope) -> Value {
        let value = self.argument(call, scope);
        combine(&[&json::lifted(&value, 0)], &mut |leaves| {
            let structure = leaves[0];
            let literal = self.session.origins.literal(call.span);
            let Some(parts) = json::pieces(structure, literal) else {
                let made = text::derived("ToJsonString", leaves, Shape::String, literal);
                return self.made(made, call.span, leaves);
            };
            if self.session.text(text::length(&parts), call.span).is_none() {
                return self.not_known(call, "the text is too long");
            }
            let made = join_parts(parts, literal);
            let document = Document::new(structure.clone(), &made);
            made.at(self.session.origins.hop(call.span, Step::Document(document), structure.origin))
        })
    }
}

/// Items that are not written out where they stand, so that the way leads to what decided the text.
fn links_first<'v>(items: &[&'v Value]) -> Vec<&'v Value> {
    let (open, known): (Vec<&Value>, Vec<&Value>) = items.iter().partition(|item| !item.is_wholly_known());
    open.into_iter().chain(known).collect()
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let index = (bits >> (18 - 6 * digit)) & 63;
            let letter = ALPHABET.get(index as usize).copied().map_or('=', char::from);
            text.push(if digit <= chunk.len() { letter } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        for (plain, encoded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }
}

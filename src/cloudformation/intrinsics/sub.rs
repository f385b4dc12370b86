//! `Fn::Sub`: texts with `${Name}`, `${Resource.Attribute}` and `${!literal}` in them.

use crate::source::Span;
use crate::syntax::tree::NodeRef;
use crate::value::{Data, Part, Text, Value, combine, join_parts};

use super::super::call::Call;
use super::super::for_each::Scope;
use super::super::stack::Stack;
use super::super::text;

/// How many variables one text may have.
const MAX_VARIABLES: usize = 400;

/// A piece of the text; offsets count bytes from its beginning.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'s> {
    Text(&'s str),
    /// `${!X}` stands for `${X}`: the text after the exclamation mark with its brace.
    Literal(&'s str),
    Variable {
        name: &'s str,
        start: usize,
        end: usize,
    },
}

/// Cuts a text at its variables. A `${` without an end is text.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut search = 0;
    while let Some(at) = text[search..].find("${") {
        let start = search + at;
        let Some(end) = closing(text, start + 2) else { break };
        if from < start {
            pieces.push(Piece::Text(&text[from..start]));
        }
        let name = text[start + 2..end - 1].trim();
        pieces.push(match name.strip_prefix('!') {
            Some(_) => Piece::Literal(text[start + 2..end].trim_start().trim_start_matches('!')),
            None => Piece::Variable { name, start, end },
        });
        from = end;
        search = end;
    }
    if from < text.len() {
        pieces.push(Piece::Text(&text[from..]));
    }
    pieces
}

/// Where the brace closes that is open at `from`, with it. Variables of other tools may stand in each other.
fn closing(text: &str, from: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate().skip(from) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at + 1),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The names that a text refers to; of `Resource.Attribute` the resource.
pub fn variables(text: &str) -> impl Iterator<Item = &str> {
    pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Variable { name, .. } => Some(name.split_once('.').map_or(name, |(resource, _)| resource)),
        _ => None,
    })
}

impl<'t> Stack<'t> {
    pub(super) fn fn_sub(&self, call: &Call<'t>, scope: &Scope) -> Value {
        if let Some(template) = call.text() {
            return self.substitute(call, call.argument, template, None, scope);
        }
        let items = call.items();
        if items.is_empty() && !call.tagged && Call::of(call.argument).is_some() {
            return self.not_known(call, "its text is not written out");
        }
        if call.argument.is_mapping() {
            // Tools of their own put texts in here before the template is deployed.
            return self.not_known(call, "its text is not written out");
        }
        match items.as_slice() {
            [template] => match template.text() {
                Some(text) => self.substitute(call, *template, text, None, scope),
                None => self.malformed(call, "a text, or a text and a map"),
            },
            [template, map] if map.is_mapping() => match template.text() {
                Some(text) => self.substitute(call, *template, text, Some(*map), scope),
                None => self.malformed(call, "a text, or a text and a map"),
            },
            _ => self.malformed(call, "a text, or a text and a map"),
        }
    }

    fn substitute(
        &self,
        call: &Call<'t>,
        node: NodeRef<'t>,
        template: &str,
        own: Option<NodeRef<'t>>,
        scope: &Scope,
    ) -> Value {
        // With loop variables put in, places within the text no longer hold.
        let filled = scope.fill(template);
        let base = if filled.is_some() { None } else { node.text_span() };
        let template = filled.as_deref().unwrap_or(template);
        let literal = self.session.origins.literal(call.span);
        let pieces = pieces(template);
        let mut values: Vec<Value> = Vec::new();
        for piece in &pieces {
            let Piece::Variable { name, start, end } = piece else { continue };
            if values.len() >= MAX_VARIABLES {
                return self.not_known(call, &format!("it has more than {MAX_VARIABLES} variables"));
            }
            let span = base.map_or(call.span, |base| within(base, *start, *end));
            let value = match own.and_then(|own| own.get(name)) {
                Some(node) => {
                    let value = self.eval(node, scope);
                    let step = crate::value::Step::Reference(format!("`{name}` of `{}`", call.name).into());
                    self.session.through(&value, span, &step)
                }
                None if name.contains([':', '('])
                    && let Some(value) = self.framework_text(node, &format!("${{{name}}}")) =>
                {
                    value
                }
                None if name.contains('.') => self.attribute_at(name, span),
                None => self.reference(name, span, scope),
            };
            values.push(if base.is_some() { self.noted(span, value) } else { value });
        }
        let references: Vec<&Value> = values.iter().collect();
        combine(&references, &mut |leaves| {
            let mut parts: Vec<Part> = Vec::with_capacity(pieces.len());
            let mut next = leaves.iter();
            for piece in &pieces {
                match piece {
                    Piece::Text(text) => parts.push(Part::Known(Text::from(*text), literal)),
                    Piece::Literal(text) => parts.push(Part::Known(format!("${{{text}").into(), literal)),
                    Piece::Variable { name, .. } => {
                        let Some(leaf) = next.next() else { continue };
                        match text::pieces(leaf) {
                            Some(found) => parts.extend(found),
                            None => {
                                let why = format!("`{name}` is no text but {}", article(leaf.type_name()));
                                return self.made(Value::unknown(why, literal), call.span, leaves);
                            }
                        }
                    }
                }
            }
            if self.session.text(text::length(&parts), call.span).is_none() {
                return self.not_known(call, "the text is too long");
            }
            let joined = join_parts(self.session.origins.merged(parts, call.span), literal);
            self.made(resolved(joined), call.span, leaves)
        })
    }
}

/// A joined text with its dynamic references as open pieces. One that is itself partly open can't be taken apart.
pub(super) fn resolved(value: Value) -> Value {
    match &value.data {
        Data::String(known) if known.contains(text::BRACES) => text::with_dynamic_references(known, value.origin),
        Data::Parts(parts) => {
            let holds =
                |mark: &str| parts.iter().any(|part| matches!(part, Part::Known(text, _) if text.contains(mark)));
            if holds(text::RESOLVE) {
                return text::derived("Sub", &[&value], crate::value::Shape::String, value.origin);
            }
            if !holds(text::BRACES) {
                return value;
            }
            let mut cut = Vec::with_capacity(parts.len() + 2);
            for part in parts.iter() {
                match part {
                    Part::Known(known, origin) => text::cut(known, *origin, &mut cut),
                    Part::Open(..) => cut.push(part.clone()),
                }
            }
            join_parts(cut, value.origin)
        }
        _ => value,
    }
}

fn article(type_name: &str) -> String {
    if matches!(type_name, "nothing" | "null") {
        return type_name.to_owned();
    }
    let vowel = type_name.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {type_name}", if vowel { "an" } else { "a" })
}

/// A part of a text's span.
fn within(base: Span, start: usize, end: usize) -> Span {
    let offset = |at: usize| base.start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX)).min(base.end);
    Span::new(base.file, offset(start), offset(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_their_variables() {
        assert_eq!(
            pieces("a-${B}-${!C}${D.Arn}"),
            [
                Piece::Text("a-"),
                Piece::Variable { name: "B", start: 2, end: 6 },
                Piece::Text("-"),
                Piece::Literal("C}"),
                Piece::Variable { name: "D.Arn", start: 12, end: 20 },
            ]
        );
        assert_eq!(pieces("open ${x"), [Piece::Text("open ${x")]);
        assert_eq!(variables("${A}/${B.Arn}/${!C}").collect::<Vec<_>>(), ["A", "B"]);
    }
}

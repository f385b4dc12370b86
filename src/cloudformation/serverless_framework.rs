//! The Serverless Framework: the `resources` section of a `serverless.yml` is CloudFormation, with variables
//! (`${self:custom.table}`, `${opt:stage, 'dev'}`, `${file(tables.yml):Orders}`) put in before it is deployed.
//!
//! Variables are followed within the repository; a fallback counts as the value of an option that nobody gave. Others are
//! unknown with the reason. Reference: "Variables" and "AWS resources" in the Serverless Framework's guide.

use std::cell::Cell;
use std::path::PathBuf;

use crate::syntax::tree::{NodeRef, Scalar, Tree};
use crate::value::{Data, Part, Shape, Step, Symbol, Value, join_parts};

use super::for_each::Scope;
use super::library::{self, Library};
use super::options::Given;
use super::stack::Stack;
use super::text;

/// How deep variables refer to each other.
const MAX_DEPTH: usize = 24;
/// How many sources of variables are looked up in all.
const MAX_STEPS: usize = 200_000;
/// Where variables come from; other words before a colon are none.
const SOURCES: &[&str] =
    &["self", "opt", "env", "sls", "param", "aws", "cf", "ssm", "s3", "terraform", "git", "output", "vault", "doppler"];

/// A service of the framework.
#[derive(Clone)]
pub struct Framework<'t> {
    root: NodeRef<'t>,
    /// How many sources were looked up; variables may refer to each other in circles.
    steps: Cell<usize>,
}

/// What a variable comes to without evaluating anything.
enum Found<'t> {
    Node(NodeRef<'t>),
    Text(String),
}

impl<'t> Framework<'t> {
    /// The service that a file describes, if it is one.
    #[must_use]
    pub fn of(tree: &'t Tree) -> Option<Self> {
        let root = tree.root()?;
        let is_service = root.get("service").is_some() && root.get("provider").is_some();
        let holds = root.get("resources").is_some() || root.get("functions").is_some();
        (is_service && holds).then(|| Self { root, steps: Cell::new(0) })
    }

    /// The mappings that make up the template: `resources` itself, or the items of its list.
    #[must_use]
    pub fn roots(&self, library: Option<&'t Library>, given: &[Given]) -> Vec<NodeRef<'t>> {
        let Some(resources) = self.root.get("resources") else { return Vec::new() };
        let resolve = |node: NodeRef<'t>| self.node(node, library, given, 0).unwrap_or(node);
        let resources = resolve(resources);
        let parts: Vec<NodeRef<'t>> =
            if resources.is_sequence() { resources.items().map(resolve).collect() } else { vec![resources] };
        parts.into_iter().filter(|part| part.is_mapping()).collect()
    }

    /// A top-level section of the service.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<NodeRef<'t>> {
        self.root.get(name)
    }

    /// The full name of a function: service, stage and its own.
    #[must_use]
    pub fn full_name(&self, stack: &Stack<'t>, name: &str) -> Option<String> {
        let (library, given) = (Some(stack.session.library), &stack.session.options.parameters);
        self.static_text(&format!("${{self:service}}-${{sls:stage}}-{name}"), library, given, 0)
    }

    /// The files that variables of a tree name, seen from the service's directory.
    #[must_use]
    pub fn files(&self, tree: &Tree, given: &[Given]) -> Vec<PathBuf> {
        let mut paths = Vec::new();
        for index in 0..u32::try_from(tree.len()).unwrap_or(u32::MAX) {
            let node = tree.node(crate::syntax::tree::NodeId(index));
            let Some(text) = node.text().filter(|text| text.contains("file(")) else { continue };
            for (at, _) in text.match_indices("file(") {
                let Some(inner) = text.get(at + 5..).and_then(argument) else { continue };
                let Some(path) = self.static_text(inner, None, given, 0) else { continue };
                paths.extend(library::relative(self.root.tree(), path.trim()));
            }
        }
        paths
    }

    /// The node that a scalar stands for which is a variable as a whole.
    #[must_use]
    pub fn node(
        &self,
        node: NodeRef<'t>,
        library: Option<&'t Library>,
        given: &[Given],
        depth: usize,
    ) -> Option<NodeRef<'t>> {
        let inner = whole_variable(node.text()?)?;
        if depth > MAX_DEPTH {
            return None;
        }
        for source in alternatives(inner) {
            match self.find(source, library, given, depth + 1) {
                Some(Found::Node(found)) => {
                    return Some(self.node(found, library, given, depth + 1).unwrap_or(found));
                }
                Some(Found::Text(_)) => return None,
                None => {}
            }
        }
        None
    }

    /// What one source of a variable gives: `self:custom.table`, `opt:stage`, `'dev'`. Nothing for what is not here.
    fn find(&self, source: &str, library: Option<&'t Library>, given: &[Given], depth: usize) -> Option<Found<'t>> {
        self.steps.set(self.steps.get() + 1);
        if depth > MAX_DEPTH || self.steps.get() > MAX_STEPS {
            return None;
        }
        let source = source.trim();
        if let Some(quoted) = quoted(source) {
            return Some(Found::Text(quoted.to_owned()));
        }
        let expanded;
        let source = if source.contains("${") {
            expanded = self.static_text(source, library, given, depth + 1)?;
            expanded.as_str()
        } else {
            source
        };
        if let Some(rest) = source.strip_prefix("file(") {
            let path = argument(rest)?;
            let address = rest.get(path.len() + 1..)?.strip_prefix(':').unwrap_or_default();
            let tree = library?.find(self.root.tree(), path.trim())?;
            return self.walk(tree.root()?, address, library, given, depth + 1).map(Found::Node);
        }
        let (kind, address) = source.split_once(':').unwrap_or(("", source));
        match kind {
            "self" => match self.walk(self.root, address, library, given, depth + 1) {
                Some(node) => Some(Found::Node(node)),
                None if address == "provider.stage" => Some(Found::Text("dev".to_owned())),
                None => None,
            },
            "opt" => {
                let given = given.iter().rev().find(|given| given.name == address)?;
                Some(Found::Text(given.value.to_string()))
            }
            "sls" if address == "stage" => {
                let option =
                    given.iter().rev().find(|given| given.name == "stage").map(|given| given.value.to_string());
                let stage = option.or_else(|| self.stage(library, given, depth));
                Some(Found::Text(stage.unwrap_or_else(|| "dev".to_owned())))
            }
            "param" => {
                let stage = self.find("sls:stage", library, given, depth + 1).and_then(|found| match found {
                    Found::Text(text) => Some(text),
                    Found::Node(_) => None,
                });
                let of =
                    |stage: &str| self.walk(self.root, &format!("params.{stage}.{address}"), library, given, depth + 1);
                stage.and_then(|stage| of(&stage)).or_else(|| of("default")).map(Found::Node)
            }
            "" if source.parse::<f64>().is_ok() || matches!(source, "true" | "false") => {
                Some(Found::Text(source.to_owned()))
            }
            _ => None,
        }
    }

    fn stage(&self, library: Option<&'t Library>, given: &[Given], depth: usize) -> Option<String> {
        let node = self.root.get("provider")?.get("stage")?;
        self.static_text(node.text()?, library, given, depth + 1)
    }

    /// Goes down a path of keys and indices; variables on the way are followed.
    fn walk(
        &self,
        from: NodeRef<'t>,
        path: &str,
        library: Option<&'t Library>,
        given: &[Given],
        depth: usize,
    ) -> Option<NodeRef<'t>> {
        let mut node = from;
        for key in path.split('.').filter(|key| !key.is_empty()) {
            node = self.node(node, library, given, depth + 1).unwrap_or(node);
            node = match key.parse::<usize>() {
                Ok(index) if node.is_sequence() => node.items().nth(index)?,
                _ => node.get(key)?,
            };
        }
        // A service may be named by a mapping.
        if path == "service" && node.is_mapping() { node.get("name") } else { Some(node) }
    }

    /// A text with its variables put in, where all of them are texts in this repository.
    fn static_text(&self, text: &str, library: Option<&'t Library>, given: &[Given], depth: usize) -> Option<String> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut filled = String::new();
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Variable(inner) => {
                    let found = alternatives(inner).find_map(|source| self.find(source, library, given, depth + 1))?;
                    match found {
                        Found::Text(text) => filled.push_str(&text),
                        Found::Node(node) => {
                            filled.push_str(&self.static_text(node.text()?, library, given, depth + 1)?);
                        }
                    }
                }
            }
            if filled.len() > 1 << 16 {
                return None;
            }
        }
        Some(filled)
    }
}

impl<'t> Stack<'t> {
    /// What a text with variables of the framework is; `None` for texts without one.
    pub fn framework_text(&self, node: NodeRef<'t>, text: &str) -> Option<Value> {
        let pieces = pieces(text);
        if !pieces.iter().any(|piece| matches!(piece, Piece::Variable(_))) {
            return None;
        }
        let span = node.span();
        if self.session.enter(span).is_none() {
            return Some(Value::unknown("variables refer to each other too deep", self.session.origins.literal(span)));
        }
        let value = match pieces.as_slice() {
            [Piece::Variable(inner)] => self.framework_variable(node, inner),
            _ => {
                let literal = self.session.origins.literal(span);
                let values: Vec<Value> = pieces
                    .iter()
                    .map(|piece| match piece {
                        Piece::Text(text) => Value::string(*text, literal),
                        Piece::Variable(inner) => self.framework_variable(node, inner),
                    })
                    .collect();
                let references: Vec<&Value> = values.iter().collect();
                crate::value::combine(&references, &mut |leaves| {
                    let parts: Option<Vec<Vec<Part>>> = leaves.iter().map(|leaf| text::pieces(leaf)).collect();
                    match parts {
                        Some(parts) => {
                            let parts: Vec<Part> = parts.into_iter().flatten().collect();
                            if self.session.text(text::length(&parts), span).is_none() {
                                return Value::unknown("the text is too long", literal);
                            }
                            self.made(join_parts(parts, literal), span, &leaves[1..])
                        }
                        None => Value::unknown("a variable in the text is no text", literal),
                    }
                })
            }
        };
        self.session.leave();
        Some(value)
    }

    /// What `${inner}` comes to at a node.
    fn framework_variable(&self, node: NodeRef<'t>, inner: &str) -> Value {
        let span = node.span();
        let step = Step::Reference(format!("`${{{inner}}}`").into());
        let library = Some(self.session.library);
        let given = &self.session.options.parameters;
        if let Some(framework) = &self.framework {
            for source in alternatives(inner) {
                match framework.find(source, library, given, 0) {
                    Some(Found::Node(found)) if found.id != node.id || !std::ptr::eq(found.tree(), node.tree()) => {
                        let value = self.eval(found, &Scope::default());
                        return self.session.through(&value, span, &step);
                    }
                    Some(Found::Node(_)) => {}
                    Some(Found::Text(text)) => {
                        let origin = self.session.origins.literal(span);
                        let value = match text.as_str() {
                            "true" => Value::bool(true, origin),
                            "false" => Value::bool(false, origin),
                            text => Value::string(text, origin),
                        };
                        return self.session.through(&value, span, &step);
                    }
                    None => {
                        if let Some(value) = self.framework_pseudo(source) {
                            return self.session.through(&value, span, &step);
                        }
                    }
                }
            }
        }
        let why = match inner.split_once(':') {
            Some(("opt", name)) => format!("option `{name}` is given on the command line of the Serverless Framework"),
            Some(("env", name)) => format!("environment variable `{name}` is read when the service is deployed"),
            _ => format!("`${{{inner}}}` is put in by the Serverless Framework when the service is deployed"),
        };
        let symbol = Symbol::Expression(format!("${{{inner}}}").into());
        Value::symbol(why, symbol, Shape::Any, self.session.origins.literal(span))
    }

    fn framework_pseudo(&self, source: &str) -> Option<Value> {
        match source.trim() {
            "aws:region" => self.pseudo("AWS::Region"),
            "aws:accountId" => self.pseudo("AWS::AccountId"),
            _ => None,
        }
    }

    /// The Region that the service names becomes that of the stack, unless something else decides it.
    pub fn framework_region(&self) {
        let Some(framework) = &self.framework else { return };
        let Some(node) = framework.root.get("provider").and_then(|provider| provider.get("region")) else { return };
        let value = self.eval(node, &Scope::default());
        if self.session.options.region.is_none() && matches!(value.data, Data::String(_)) {
            self.session.shared.borrow_mut().insert("AWS::Region", value);
        }
    }
}

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'s> {
    Text(&'s str),
    /// What stands between `${` and its `}`.
    Variable(&'s str),
}

/// Cuts a text at the framework's variables; other `${...}` are text (`Fn::Sub` has its own).
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let mut search = 0;
    while let Some(start) = text.get(search..).and_then(|rest| rest.find("${")).map(|at| at + search) {
        let Some(inner) = text.get(start + 2..).and_then(braced) else { break };
        let end = start + 2 + inner.len() + 1;
        if is_variable(inner) {
            if from < start {
                pieces.extend(text.get(from..start).map(Piece::Text));
            }
            pieces.push(Piece::Variable(inner));
            from = end;
            search = end;
        } else {
            search = start + 2;
        }
    }
    if from < text.len() {
        pieces.extend(text.get(from..).map(Piece::Text));
    }
    pieces
}

/// The text up to the brace that closes the one before it.
fn braced(text: &str) -> Option<&str> {
    let mut depth = 0usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => return text.get(..at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The text up to the parenthesis that closes the one before it.
fn argument(text: &str) -> Option<&str> {
    let mut depth = 0usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' if depth == 0 => return text.get(..at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Whether what stands in braces is a variable of the framework.
fn is_variable(inner: &str) -> bool {
    inner.starts_with("file(")
        || inner.starts_with("strToBool(")
        || inner.split_once(':').is_some_and(|(source, rest)| {
            let source = source.split('(').next().unwrap_or_default();
            SOURCES.contains(&source.trim()) && !rest.starts_with(':')
        })
}

/// The only variable of a text that is nothing else.
fn whole_variable(text: &str) -> Option<&str> {
    match pieces(text.trim()).as_slice() {
        [Piece::Variable(inner)] => Some(inner),
        _ => None,
    }
}

/// The sources of a variable, the first that gives something holds: split at commas outside of quotes and braces.
fn alternatives(inner: &str) -> impl Iterator<Item = &str> {
    let mut cuts = Vec::new();
    let (mut depth, mut quote, mut from) = (0usize, None, 0);
    for (at, letter) in inner.char_indices() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(letter),
            (None, '{' | '(') => depth += 1,
            (None, '}' | ')') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                cuts.push(inner.get(from..at).unwrap_or_default().trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    cuts.push(inner.get(from..).unwrap_or_default().trim());
    cuts.into_iter()
}

fn quoted(source: &str) -> Option<&str> {
    ['\'', '"'].into_iter().find_map(|quote| source.strip_prefix(quote)?.strip_suffix(quote))
}

/// Whether a scalar may hold a variable, without looking closer.
#[must_use]
pub fn may_hold_variable(scalar: Scalar<'_>) -> bool {
    matches!(scalar, Scalar::String(text) if text.contains("${") && (text.contains(':') || text.contains('(')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_variables_of_the_framework_only() {
        assert_eq!(
            pieces("a-${self:custom.${opt:stage, 'dev'}.x}-${AWS::Region}"),
            [Piece::Text("a-"), Piece::Variable("self:custom.${opt:stage, 'dev'}.x"), Piece::Text("-${AWS::Region}")]
        );
        assert_eq!(pieces("${Name}"), [Piece::Text("${Name}")]);
        assert_eq!(pieces("${self:open"), [Piece::Text("${self:open")]);
        assert_eq!(whole_variable("${file(a.yml):b}"), Some("file(a.yml):b"));
    }

    #[test]
    fn sources_are_split_at_commas_outside_of_quotes_and_braces() {
        assert_eq!(
            alternatives("opt:stage, self:x.${opt:y, 'a,b'}, 'c,d'").collect::<Vec<_>>(),
            ["opt:stage", "self:x.${opt:y, 'a,b'}", "'c,d'"]
        );
    }
}

//! Reading Terragrunt's files: each is evaluated for the unit that leads to it, once.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::resource::Problem;
use crate::source::Span;
use crate::syntax::hcl::{BodyRef, Document, Expr, ExprKind, TemplatePart};
use crate::value::{
    Case, Data, Entry, Input, InputKind, Inputs, OriginId, Origins, Part as TextPart, Shape, Symbol, Text, Value,
};

use super::super::configuration::{Configuration, Node};
use super::super::error::Error;
use super::super::expression::REFUSED;
use super::super::files::RootFiles;
use super::super::lift::reason;
use super::super::module::Module;
use super::super::modules::Modules;
use super::super::options::Options;
use super::super::scope::{Evaluator, Instance, Scope};
use super::config::{Config, Contents, ExtraArguments, Generate, Terraform, Written, WrittenPart};
use super::document::{self, Part, attributes, blocks, top};
use super::file::File;
use super::merge::Strategy;
use super::paths::Paths;

/// How far files may lead from one to the next.
const MAX_FILES: usize = 24;

/// For which configuration a file is read: the functions in it give another answer each time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Frame {
    /// The file, as it is registered.
    pub file: PathBuf,
    /// The directory of the configuration that is worked on: the unit's, also in a file that it includes.
    pub dir: PathBuf,
    /// The directory of the configuration that everything began with.
    pub original: PathBuf,
    /// The file is included by the configuration in `dir`.
    pub included: bool,
}

impl Frame {
    /// The directory that the file lies in.
    pub(super) fn base(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }
}

/// Reads the files of one unit.
pub(super) struct Reader<'r> {
    pub modules: &'r Modules<'r>,
    pub options: &'r Options,
    pub origins: &'r Origins,
    pub paths: Paths<'r>,
    pub boundary: PathBuf,
    /// What the files leave open: feature flags, variables of the environment.
    pub inputs: RefCell<Inputs>,
    opened: RefCell<FxHashMap<Text, Value>>,
    /// The `values` of configurations that stacks make, by their directories.
    pub values: RefCell<FxHashMap<PathBuf, Value>>,
    /// Nothing for those that are being read.
    known: RefCell<FxHashMap<Frame, Option<Rc<Config>>>>,
    pub problems: RefCell<Vec<Problem>>,
    depth: Cell<usize>,
    steps: Cell<usize>,
    files: Cell<usize>,
}

impl<'r> Reader<'r> {
    pub(super) fn new(modules: &'r Modules<'r>, options: &'r Options, boundary: &Path, origins: &'r Origins) -> Self {
        Self {
            modules,
            options,
            origins,
            paths: Paths::new(modules.fs, boundary),
            boundary: boundary.to_owned(),
            inputs: RefCell::default(),
            opened: RefCell::default(),
            values: RefCell::default(),
            known: RefCell::default(),
            problems: RefCell::default(),
            depth: Cell::new(0),
            steps: Cell::new(0),
            files: Cell::new(0),
        }
    }

    pub(super) fn note(&self, problem: Problem) {
        let mut problems = self.problems.borrow_mut();
        if problems.len() < 100 && !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    /// The configuration of a file, with what it includes.
    ///
    /// # Errors
    /// It can't be read, or leads back to itself.
    pub(super) fn read(&self, frame: &Frame) -> Result<Rc<Config>, Error> {
        match self.known.borrow().get(frame) {
            Some(Some(config)) => return Ok(Rc::clone(config)),
            Some(None) => return Err(Error::new(format!("`{}` leads back to itself", frame.file.display()))),
            None => {}
        }
        self.known.borrow_mut().insert(frame.clone(), None);
        let config = self.with_file(frame, |file, evaluator, instance| self.config(file, evaluator, instance));
        let config = match config {
            Ok(config) => Rc::new(config),
            Err(error) => {
                self.known.borrow_mut().remove(frame);
                return Err(error);
            }
        };
        self.known.borrow_mut().insert(frame.clone(), Some(Rc::clone(&config)));
        Ok(config)
    }

    /// Works with a file and what evaluates its expressions.
    ///
    /// # Errors
    /// The file can't be read, or files lead to each other too far.
    pub(super) fn with_file<T>(
        &self,
        frame: &Frame,
        work: impl FnOnce(&File<'_>, &Evaluator<'_>, &Rc<Instance>) -> T,
    ) -> Result<T, Error> {
        let document = self.document(&frame.file)?;
        if self.files.get() >= MAX_FILES {
            return Err(Error::new(format!("files lead to each other more than {MAX_FILES} levels deep")));
        }
        let mut module = Module::at(frame.base());
        module.add_locals(document::locals(&document));
        let node = Node {
            module: Arc::new(module),
            parent: None,
            call: 0,
            installed: false,
            path: ".".to_owned(),
            children: Vec::new(),
        };
        let configuration = Configuration { nodes: vec![node], problems: Vec::new() };
        let files = RootFiles::new(self.modules.fs, frame.base(), &self.boundary);
        let file = File { reader: self, frame, document: &document };
        let mut evaluator = Evaluator::new(&configuration, self.options, files, self.modules.sources, self.origins);
        evaluator.dialect = Some(&file);
        evaluator.depth.set(self.depth.get());
        evaluator.steps.set(self.steps.get());
        let instance = evaluator.root_instance(Vec::new());
        self.files.set(self.files.get() + 1);
        let result = work(&file, &evaluator, &instance);
        self.files.set(self.files.get() - 1);
        self.steps.set(evaluator.steps.get());
        self.problems.borrow_mut().extend(evaluator.problems.take());
        Ok(result)
    }

    /// Goes on from where an evaluator stands, so that all files together keep to the bounds.
    pub(super) fn below<T>(&self, evaluator: &Evaluator<'_>, work: impl FnOnce() -> T) -> T {
        let depth = self.depth.replace(evaluator.depth.get());
        self.steps.set(evaluator.steps.get());
        let result = work();
        self.depth.set(depth);
        evaluator.steps.set(self.steps.get());
        result
    }

    fn document(&self, path: &Path) -> Result<Arc<Document>, Error> {
        if !self.paths.is_inside(path) {
            return Err(Error::new(format!("`{}` lies outside of what is analysed", path.display())));
        }
        let document = self.modules.document(path).map_err(|problem| Error::new(problem.message))?;
        for error in &document.errors {
            self.note(Problem::error(error.span, error.message.clone()));
        }
        Ok(document)
    }

    // What a file says.

    fn config(&self, file: &File<'_>, evaluator: &Evaluator<'_>, instance: &Rc<Instance>) -> Config {
        let scope = Scope::of(instance);
        let document = file.document;
        let body = top(document);
        let mut others = Vec::new();
        let (mut inputs, mut generate) = (None, Vec::new());
        for attribute in attributes(document) {
            let value = evaluator.value(&attribute.expr, scope);
            match attribute.name.as_str() {
                "inputs" => inputs = Some(value),
                "generate" => generate.extend(generated_by_attribute(&value, attribute.expr.span)),
                _ => others.push(Entry::new(attribute.name.clone(), self.origins.literal(attribute.name_span), value)),
            }
        }
        generate.extend(generated(evaluator, body, scope));
        let broken = !document.errors.is_empty();
        if broken && let Some(inputs) = &mut inputs {
            *inputs = opened(inputs);
        }
        let own = Config {
            locals: locals(file, evaluator, instance),
            inputs,
            terraform: terraform(evaluator, body, scope),
            generate,
            remote_state: blocks(body, "remote_state").first().map(|part| evaluator.attributes(part, scope)),
            features: blocks(body, "feature").iter().filter_map(|part| file.feature(evaluator, part, scope)).collect(),
            dependencies: blocks(body, "dependency").into_iter().filter_map(|part| part.label).collect(),
            others,
            exclude: blocks(body, "exclude").first().map(|part| evaluator.attributes(part, scope)),
        };
        if file.frame.included {
            // An included file can't include others.
            return own;
        }
        // Later includes win over earlier ones, and the file itself over all.
        blocks(body, "include").iter().rev().fold(own, |config, part| match file.include(evaluator, part, scope) {
            Ok((parent, strategy)) => config.over(&parent, strategy),
            Err(error) => {
                let message = format!("what is included here is not known: {error}");
                self.note(Problem::note(part.header, message.clone()));
                missing_parent(config, &message, self.origins.literal(part.header))
            }
        })
    }

    /// Something that whoever runs Terragrunt decides, with its default.
    pub(super) fn open_input(&self, name: &str, default: Option<&Value>, why: &str, span: Span) -> Value {
        let origin = self.origins.literal(span);
        let symbol = Symbol::Expression(name.into());
        let open = Value::symbol(why, symbol, Shape::Any, origin);
        let cases: Vec<Case> = match default.map(|default| &default.data) {
            Some(Data::Bool(_)) => [true, false]
                .map(|value| Case {
                    label: value.to_string().into(),
                    value: Value::bool(value, origin),
                    is_rest: false,
                })
                .into(),
            Some(Data::String(text)) if !text.is_empty() => vec![
                Case { label: text.clone(), value: Value::string(text.clone(), origin), is_rest: false },
                Case { label: "anything else".into(), value: open, is_rest: true },
            ],
            _ => return open,
        };
        let key = Text::from(format!("{name}\0{}", cases.first().map(|case| case.label.as_str()).unwrap_or_default()));
        if let Some(known) = self.opened.borrow().get(&key) {
            return known.clone().at(origin);
        }
        let default = match default.and_then(Value::as_bool) {
            Some(false) => 1,
            _ => 0,
        };
        let mut inputs = self.inputs.borrow_mut();
        let id = inputs.add(Input {
            name: name.into(),
            kind: InputKind::Other,
            span: Some(span),
            cases,
            default: Some(default),
        });
        let value = inputs.value(id, origin);
        self.opened.borrow_mut().insert(key, value.clone());
        value
    }
}

impl Evaluator<'_> {
    /// A map of the attributes of a block.
    pub(super) fn attributes(&self, part: &Part<'_>, scope: Scope<'_>) -> Value {
        let mut entries: Vec<Entry> = part
            .body
            .attributes()
            .into_iter()
            .map(|(name, span, expr)| Entry::new(name, self.origins.literal(span), self.value(expr, scope)))
            .collect();
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        Value::map(entries, self.origins.literal(part.header))
    }
}

fn locals(file: &File<'_>, evaluator: &Evaluator<'_>, instance: &Rc<Instance>) -> Value {
    let mut entries: Vec<Entry> = document::locals(file.document)
        .into_iter()
        .map(|local| {
            let value = evaluator.local(instance, &local.name).unwrap_or_else(|error| {
                Value::unknown(format!("{REFUSED}{error}"), evaluator.origins.literal(local.expr.span))
            });
            Entry::new(local.name, evaluator.origins.literal(local.name_span), value)
        })
        .collect();
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    entries.dedup_by(|a, b| a.key == b.key);
    Value::map(entries, OriginId::NONE)
}

fn terraform(evaluator: &Evaluator<'_>, body: BodyRef<'_>, scope: Scope<'_>) -> Option<Terraform> {
    let parts = blocks(body, "terraform");
    let part = parts.first()?;
    let source = part.body.attribute("source").map(|(_, expr)| evaluator.value(expr, scope));
    let arguments = blocks(part.body, "extra_arguments").into_iter().map(|inner| ExtraArguments {
        label: inner.label.clone().unwrap_or_default(),
        body: evaluator.attributes(&inner, scope),
    });
    Some(Terraform { header: part.header, span: part.span, source, arguments: arguments.collect() })
}

/// A value of which more may be there than could be read.
fn opened(value: &Value) -> Value {
    let why = "the file could not be read whole; mend the mistakes in it first";
    let open = crate::value::Unknown { why: why.into(), symbol: None, shape: Shape::Any };
    crate::value::opened(value, &Arc::new(open))
}

/// The configuration where something is included that is not known: it may give any input.
fn missing_parent(mut config: Config, why: &str, origin: OriginId) -> Config {
    let unknown = Value::unknown(why.to_owned(), origin);
    config.inputs = Some(match config.inputs {
        Some(own) => super::merge::inputs(&unknown, &own, Strategy::Shallow),
        None => unknown,
    });
    config
}

// Generated files.

/// The `generate` blocks of a body.
pub(super) fn generated(evaluator: &Evaluator<'_>, body: BodyRef<'_>, scope: Scope<'_>) -> Vec<Generate> {
    blocks(body, "generate").iter().map(|part| generated_by_block(evaluator, part, scope)).collect()
}

fn generated_by_block(evaluator: &Evaluator<'_>, part: &Part<'_>, scope: Scope<'_>) -> Generate {
    let body = evaluator.attributes(part, scope);
    let contents = match part.body.attribute("contents") {
        Some((_, expr)) => contents_of(evaluator, expr, body.get("contents"), scope),
        None => Contents { span: part.header, text: None, why: "the block has no `contents`".into() },
    };
    Generate { label: part.label.clone().unwrap_or_default(), body, contents }
}

fn generated_by_attribute(value: &Value, span: Span) -> Vec<Generate> {
    let Some(map) = value.as_map() else { return Vec::new() };
    map.entries
        .iter()
        .map(|entry| {
            let contents = entry.value.get("contents").cloned().unwrap_or_else(|| Value::absent(OriginId::NONE));
            Generate {
                label: entry.key.clone(),
                body: entry.value.clone(),
                contents: contents_of_value(&contents, span),
            }
        })
        .collect()
}

/// What an expression writes, part by part.
fn contents_of(evaluator: &Evaluator<'_>, expr: &Expr, value: Option<&Value>, scope: Scope<'_>) -> Contents {
    let whole = |value: Option<&Value>| match value {
        Some(value) => contents_of_value(value, expr.span),
        None => Contents { span: expr.span, text: None, why: "it is not known".into() },
    };
    let ExprKind::Template(parts) = &expr.kind else {
        let ExprKind::String(text) = &expr.kind else { return whole(value) };
        let pieces = stretches(evaluator, text, expr.span);
        let parts = vec![WrittenPart::Text { text: text.clone(), pieces }];
        return written(expr.span, parts);
    };
    let mut out = Vec::new();
    for part in parts {
        match part {
            TemplatePart::Literal { text, span } => {
                out.push(WrittenPart::Text { text: text.clone(), pieces: stretches(evaluator, text, *span) });
            }
            TemplatePart::Interpolation { expr, span } => {
                let value = evaluator.value(expr, scope);
                match super::super::types::Type::String.convert(&value).map(|text| text.data) {
                    Ok(Data::String(text)) => {
                        let length = text.len();
                        out.push(WrittenPart::Text { text, pieces: vec![(length, *span, false)] });
                    }
                    _ => out.push(WrittenPart::Hole { value, span: *span }),
                }
            }
            TemplatePart::If { .. } | TemplatePart::For { .. } => return whole(value),
        }
    }
    written(expr.span, out)
}

fn written(span: Span, parts: Vec<WrittenPart>) -> Contents {
    Contents { span, text: Some(Written { parts }), why: Text::default() }
}

/// What a value writes of which only the whole place is known.
fn contents_of_value(value: &Value, span: Span) -> Contents {
    let whole = |text: &Text| WrittenPart::Text { text: text.clone(), pieces: vec![(text.len(), span, false)] };
    match &value.data {
        Data::String(text) => written(span, vec![whole(text)]),
        Data::Parts(parts) => {
            let parts = parts.iter().map(|part| match part {
                TextPart::Known(text, _) => whole(text),
                TextPart::Open(unknown, origin) => {
                    let value = Value::new(Data::Unknown(Arc::clone(unknown)), *origin);
                    WrittenPart::Hole { value, span }
                }
            });
            written(span, parts.collect())
        }
        _ => {
            let why = reason(value).unwrap_or_else(|| "it is no text".into());
            Contents { span, text: None, why }
        }
    }
}

/// Where each line of a literal stands: the lines of an indented heredoc have lost what they begin with.
fn stretches(evaluator: &Evaluator<'_>, text: &str, span: Span) -> Vec<(usize, Span, bool)> {
    let Some(file) = evaluator.sources.get(span.file) else { return vec![(text.len(), span, false)] };
    let source = file.slice(span);
    let Some(at) = source.find(text).filter(|_| source.len() < text.len() + 64) else {
        return lines(text, source, span);
    };
    vec![(text.len(), within(span, at, text.len()), true)]
}

fn lines(text: &str, source: &str, span: Span) -> Vec<(usize, Span, bool)> {
    let mut out = Vec::new();
    let mut at = 0;
    let mut rest = source;
    for line in text.split_inclusive('\n') {
        let found = rest.find(line);
        match found {
            Some(found) => {
                out.push((line.len(), within(span, at + found, line.len()), true));
                let used = found + line.len();
                at += used;
                rest = rest.get(used..).unwrap_or_default();
            }
            None => out.push((line.len(), span, false)),
        }
    }
    out
}

fn within(span: Span, at: usize, length: usize) -> Span {
    let offset = |at: usize| span.start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX)).min(span.end);
    Span::new(span.file, offset(at), offset(at + length))
}

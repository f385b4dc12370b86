//! Units of a tree: those that lie there, and those that `terragrunt.stack.hcl` makes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::resource::Problem;
use crate::source::Span;
use crate::value::{OriginId, Origins, Text, Value};

use super::super::modules::{Modules, dir_path};
use super::super::on_large_stack;
use super::super::options::Options;
use super::super::scope::{Evaluator, Scope};
use super::Unit;
use super::config::Config;
use super::document::{Part, blocks, top};
use super::file::File;
use super::reader::{Frame, Reader};

/// How deep stacks may be nested.
const MAX_DEPTH: usize = 8;

/// How many units stacks may make.
const MAX_UNITS: usize = 5_000;

/// The names of a unit's file, the first one wins.
const UNIT_FILES: [&str; 2] = ["terragrunt.hcl", "terragrunt.hcl.json"];

const STACK_FILE: &str = "terragrunt.stack.hcl";

/// A block of a stack.
#[derive(Debug)]
pub(super) struct InStack {
    file: PathBuf,
    /// The directory of the stack, which need not be there yet where another stack makes it.
    dir: PathBuf,
    /// `unit` or `stack`.
    kind: &'static str,
    label: Text,
    outer: Option<Arc<InStack>>,
}

impl InStack {
    fn frame(&self) -> Frame {
        Frame { file: self.file.clone(), dir: self.dir.clone(), original: self.dir.clone(), included: false }
    }

    /// Makes the values of the outer stack known, and works with the block.
    fn with_block<T>(
        &self,
        reader: &Reader<'_>,
        work: impl FnOnce(&File<'_>, &Evaluator<'_>, &Part<'_>, Scope<'_>) -> T,
    ) -> Option<T> {
        if let Some(outer) = &self.outer {
            let values = outer.values(reader);
            reader.values.borrow_mut().insert(self.dir.clone(), values);
        }
        let frame = self.frame();
        let found = reader.with_file(&frame, |file, evaluator, instance| {
            let parts = blocks(top(file.document), self.kind);
            let part = parts.iter().find(|part| part.label.as_ref() == Some(&self.label))?;
            Some(work(file, evaluator, part, Scope::of(instance)))
        });
        found.ok().flatten()
    }

    /// What the block gives as `values`.
    pub(super) fn values(&self, reader: &Reader<'_>) -> Value {
        let given = self.with_block(reader, |_, evaluator, part, scope| {
            part.body.attribute("values").map(|(_, expr)| evaluator.value(expr, scope))
        });
        given.flatten().unwrap_or_else(|| Value::map(Vec::new(), OriginId::NONE))
    }

    /// What the block's `autoinclude` lays over the unit.
    pub(super) fn over(&self, reader: &Reader<'_>) -> Option<Config> {
        self.with_block(reader, |_, evaluator, part, scope| {
            let own = blocks(part.body, "autoinclude");
            let own = own.first()?;
            let inputs = own.body.attribute("inputs").map(|(_, expr)| evaluator.value(expr, scope));
            Some(Config {
                locals: Value::map(Vec::new(), OriginId::NONE),
                inputs,
                terraform: None,
                generate: super::reader::generated(evaluator, own.body, scope),
                remote_state: blocks(own.body, "remote_state").first().map(|state| evaluator.attributes(state, scope)),
                features: Vec::new(),
                dependencies: Vec::new(),
                others: Vec::new(),
                exclude: None,
            })
        })
        .flatten()
    }
}

/// The units of a tree out of its Terragrunt files. Configurations that stacks take as a pattern are no units of their
/// own. `boundary` says how far what is analysed reaches from a file.
#[must_use]
pub fn find_units(
    modules: &Modules<'_>,
    files: &[PathBuf],
    boundary: &(dyn Fn(&Path) -> PathBuf + Sync),
) -> (Vec<Unit>, Vec<Problem>) {
    let name = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()).map(str::to_owned).unwrap_or_default();
    let (mut units, mut problems, mut patterns) = (Vec::new(), Vec::new(), FxHashSet::default());
    // Stacks that others make are found through them.
    let stacks: Vec<&PathBuf> = files.iter().filter(|path| name(path) == STACK_FILE).collect();
    let mut made: Vec<(PathBuf, Found)> = Vec::new();
    for path in &stacks {
        let options = Options { boundary: Some(boundary(path)), ..Options::default() };
        let found = on_large_stack(|| {
            let origins = Origins::new();
            let dir = path.parent().unwrap_or(Path::new("")).to_owned();
            let reader = Reader::new(modules, &options, &boundary(path), &origins);
            let mut found = Found::default();
            found.expand(&reader, path, &dir, None, 0);
            found.problems.extend(reader.problems.take());
            found
        });
        match found {
            Ok(found) => made.push(((*path).clone(), found)),
            Err(why) => problems.push(Problem::unreadable(path.as_path(), why)),
        }
    }
    let nested: FxHashSet<PathBuf> = made.iter().flat_map(|(_, found)| found.stacks.iter().cloned()).collect();
    for (path, found) in made {
        if nested.contains(&path) {
            continue;
        }
        patterns.extend(found.units.iter().map(|unit| unit.file.clone()));
        problems.extend(found.problems);
        units.extend(found.units);
    }
    for path in files {
        let dir = path.parent().unwrap_or(Path::new(""));
        let own = UNIT_FILES.iter().position(|known| *known == name(path));
        let shadowed = own == Some(1) && modules.fs.is_file(&dir.join(UNIT_FILES[0]));
        if own.is_some() && !shadowed && !patterns.contains(path) {
            units.push(Unit { dir: dir.to_owned(), file: path.clone(), stack: None });
        }
    }
    units.sort_by(|a, b| a.dir.cmp(&b.dir));
    (units, problems)
}

/// What a stack makes.
#[derive(Debug, Default)]
struct Found {
    units: Vec<Unit>,
    /// Files of stacks that are made from patterns.
    stacks: Vec<PathBuf>,
    problems: Vec<Problem>,
}

impl Found {
    fn expand(&mut self, reader: &Reader<'_>, file: &Path, dir: &Path, outer: Option<&Arc<InStack>>, depth: usize) {
        let parts = |kind: &'static str| {
            let frame = Frame { file: file.to_owned(), dir: dir.to_owned(), original: dir.to_owned(), included: false };
            if let Some(outer) = outer {
                let values = outer.values(reader);
                reader.values.borrow_mut().insert(dir.to_owned(), values);
            }
            reader.with_file(&frame, |file, evaluator, instance| {
                let blocks = blocks(top(file.document), kind);
                let made = blocks.iter().map(|part| Made::of(evaluator, part, Scope::of(instance)));
                made.collect::<Vec<_>>()
            })
        };
        for kind in ["unit", "stack"] {
            let made = match parts(kind) {
                Ok(made) => made,
                Err(error) => {
                    self.problems.push(Problem::unreadable(file, error.message));
                    return;
                }
            };
            for one in made {
                self.add(reader, kind, &one, file, dir, outer, depth);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the place of a block in nested stacks")]
    fn add(
        &mut self,
        reader: &Reader<'_>,
        kind: &'static str,
        made: &Made,
        file: &Path,
        dir: &Path,
        outer: Option<&Arc<InStack>>,
        depth: usize,
    ) {
        let (Some(source), Some(path)) = (&made.source, &made.path) else {
            let message = format!("the `source` or `path` of {kind} `{}` is not known", made.label);
            self.problems.push(Problem::note(made.header, message));
            return;
        };
        if self.units.len() >= MAX_UNITS || depth > MAX_DEPTH {
            let message =
                format!("stacks make more than {MAX_UNITS} units, or are nested more than {MAX_DEPTH} levels deep");
            self.problems.push(Problem::note(made.header, message));
            return;
        }
        let made_in = if made.beside { dir.to_owned() } else { dir.join(".terragrunt-stack") };
        let target = reader.paths.from(&made_in, path);
        let block = Arc::new(InStack {
            file: file.to_owned(),
            dir: dir.to_owned(),
            kind,
            label: made.label.clone(),
            outer: outer.map(Arc::clone),
        });
        let names: &[&str] = if kind == "unit" { &UNIT_FILES } else { &[STACK_FILE] };
        let fs = reader.modules.fs;
        let plain = source.split('?').next().unwrap_or_default().replace("//", "/");
        let base = file.parent().unwrap_or(Path::new(""));
        // The pattern, or what was generated from it already.
        let places = [reader.paths.from(dir, &plain), reader.paths.from(base, &plain), target.clone()];
        let found = places.iter().find_map(|place| {
            let found = names.iter().map(|name| place.join(name)).find(|path| fs.is_file(path))?;
            (fs.is_dir(dir_path(place)) && reader.paths.is_inside(&found)).then_some(found)
        });
        let Some(found) = found else {
            let message = format!("the source `{source}` of {kind} `{}` is not there", made.label);
            let help = "run `terragrunt stack generate`, which fetches the sources of stacks";
            self.problems.push(Problem::note(made.header, message).with_help(help));
            return;
        };
        if kind == "unit" {
            self.units.push(Unit { dir: target, file: found, stack: Some(block) });
        } else {
            self.stacks.push(found.clone());
            self.expand(reader, &found, &target, Some(&block), depth + 1);
        }
    }
}

/// A block of a stack, evaluated.
struct Made {
    label: Text,
    header: Span,
    source: Option<Text>,
    path: Option<Text>,
    beside: bool,
}

impl Made {
    fn of(evaluator: &Evaluator<'_>, part: &Part<'_>, scope: Scope<'_>) -> Self {
        let value = |name: &str| part.body.attribute(name).map(|(_, expr)| evaluator.value(expr, scope));
        let text = |name: &str| value(name).and_then(|value| value.as_str().map(Text::new));
        Self {
            label: part.label.clone().unwrap_or_default(),
            header: part.header,
            source: text("source"),
            path: text("path"),
            beside: value("no_dot_terragrunt_stack").and_then(|value| value.as_bool()).unwrap_or(false),
        }
    }
}

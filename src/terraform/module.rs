//! One module: the declarations of all files of a directory, with override files merged in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use crate::resource::Problem;
use crate::source::{FileId, Span};
use crate::syntax::hcl::{Attribute, Block, Body, Document};
use crate::value::Text;

use super::uses::{self, Target, Uses};

/// The declarations of a directory, each kind in the order of the files (by name) and of the source.
///
/// Declarations are shared, so that a copy to which files are added costs little.
#[derive(Clone, Debug, Default)]
pub struct Module {
    pub dir: PathBuf,
    pub files: Vec<FileId>,
    pub variables: Declarations<Block>,
    pub locals: Declarations<Attribute>,
    pub outputs: Declarations<Block>,
    pub calls: Declarations<Block>,
    /// By `type.name`.
    pub resources: Declarations<Block>,
    /// By `type.name`, without `data.`.
    pub data: Declarations<Block>,
    /// By `name` or `name.alias`.
    pub providers: Declarations<Block>,
    pub problems: Vec<Problem>,
    /// Where syntax errors stand: the blocks around them could not be read whole.
    pub broken: Vec<Span>,
    /// How it uses its variables, worked out when it is first asked for.
    uses: OnceLock<Arc<BTreeMap<Target, Uses>>>,
}

/// Declarations with unique keys.
#[derive(Clone, Debug)]
pub struct Declarations<T> {
    list: Vec<Arc<T>>,
    by_key: FxHashMap<Text, usize>,
}

impl<T> Default for Declarations<T> {
    fn default() -> Self {
        Self { list: Vec::new(), by_key: FxHashMap::default() }
    }
}

impl<T> Declarations<T> {
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.list.iter().map(|item| &**item)
    }

    #[must_use]
    pub fn get(&self, key: &str) -> Option<&T> {
        self.by_key.get(key).and_then(|index| self.list.get(*index)).map(|item| &**item)
    }

    #[must_use]
    pub fn position(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).copied()
    }

    #[must_use]
    pub fn at(&self, index: usize) -> Option<&T> {
        self.list.get(index).map(|item| &**item)
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Adds a declaration, or gives it back where its key is taken.
    fn add(&mut self, key: Text, item: T) -> Result<(), T> {
        if self.by_key.contains_key(&key) {
            return Err(item);
        }
        self.by_key.insert(key, self.list.len());
        self.list.push(Arc::new(item));
        Ok(())
    }

    fn get_mut(&mut self, key: &str) -> Option<&mut T>
    where
        T: Clone,
    {
        self.by_key.get(key).and_then(|index| self.list.get_mut(*index)).map(Arc::make_mut)
    }

    /// Takes out what does not fit.
    fn retain(&mut self, mut fits: impl FnMut(&T) -> bool) {
        if self.list.iter().all(|item| fits(item)) {
            return;
        }
        let mut kept = Self::default();
        for (key, index) in &self.by_key {
            if let Some(item) = self.list.get(*index)
                && fits(item)
            {
                kept.by_key.insert(key.clone(), *index);
            }
        }
        let mut places: Vec<(usize, Text)> = kept.by_key.drain().map(|(key, index)| (index, key)).collect();
        places.sort();
        for (index, key) in places {
            if let Some(item) = self.list.get(index) {
                kept.by_key.insert(key, kept.list.len());
                kept.list.push(Arc::clone(item));
            }
        }
        *self = kept;
    }
}

impl Module {
    /// A module without declarations.
    pub(super) fn at(dir: &Path) -> Self {
        Self { dir: dir.to_path_buf(), ..Self::default() }
    }

    /// The variables that it declares.
    pub fn variable_names(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().filter_map(|block| block.label(0))
    }

    /// How the module uses its variables and the workspace, whatever their values are.
    pub(super) fn uses(&self) -> &Arc<BTreeMap<Target, Uses>> {
        self.uses.get_or_init(|| Arc::new(uses::of_module(self, &FxHashMap::default())))
    }

    /// Adds the declarations of a file. Override files come after all others.
    pub(super) fn add(&mut self, document: Document, is_override: bool) {
        self.uses = OnceLock::new();
        self.files.push(document.file.id);
        for error in document.errors {
            self.broken.push(error.span);
            self.problems.push(Problem::error(error.span, error.message));
        }
        for attribute in document.body.attributes {
            // What a broken header leaves behind is told of already.
            self.problems.push(Problem::error(
                attribute.name_span,
                format!("an argument `{}` can't stand outside of a block", attribute.name),
            ));
        }
        for block in document.body.blocks {
            self.add_block(block, is_override);
        }
    }

    /// Takes out what a file has declared, because another one takes its place.
    pub(super) fn without_file(&mut self, file: FileId) {
        self.uses = OnceLock::new();
        self.files.retain(|known| *known != file);
        self.locals.retain(|local| local.name_span.file != file);
        for blocks in [
            &mut self.variables,
            &mut self.outputs,
            &mut self.calls,
            &mut self.resources,
            &mut self.data,
            &mut self.providers,
        ] {
            blocks.retain(|block| block.span.file != file);
        }
        self.problems.retain(|problem| problem.span.is_none_or(|span| span.file != file));
        self.broken.retain(|span| span.file != file);
    }

    /// Adds the locals of a body, which may be written in JSON.
    pub(super) fn add_locals(&mut self, attributes: impl IntoIterator<Item = Attribute>) {
        for attribute in attributes {
            self.add_local(attribute, false);
        }
    }

    fn add_block(&mut self, block: Block, is_override: bool) {
        let labels = block.labels.len();
        let first = block.label(0).map(Text::new);
        let pair =
            || Text::new(format!("{}.{}", block.label(0).unwrap_or_default(), block.label(1).unwrap_or_default()));
        let (set, key) = match (block.name.as_str(), labels) {
            ("locals", 0) => {
                for attribute in block.body.attributes {
                    self.add_local(attribute, is_override);
                }
                return;
            }
            ("variable", 1) => (&mut self.variables, first),
            ("output", 1) => (&mut self.outputs, first),
            ("module", 1) => (&mut self.calls, first),
            ("resource", 2) => (&mut self.resources, Some(pair())),
            ("data", 2) => (&mut self.data, Some(pair())),
            ("provider", 1) => {
                let alias =
                    block.body.attribute("alias").and_then(|alias| super::constraint::literal_text(&alias.expr));
                let name = block.label(0).unwrap_or_default();
                let key = alias.map_or_else(|| Text::new(name), |alias| format!("{name}.{alias}").into());
                (&mut self.providers, Some(key))
            }
            ("resource" | "data" | "variable" | "output" | "module" | "provider" | "locals", _) => {
                let wanted = match block.name.as_str() {
                    "resource" | "data" => "two labels, the type and the name",
                    "locals" => "no labels",
                    _ => "one label, the name",
                };
                self.problems.push(Problem::error(block.header, format!("a `{}` block has {wanted}", block.name)));
                return;
            }
            // `terraform`, `moved`, `import`, `check`, ... do not bear on values.
            _ => return,
        };
        let Some(key) = key else { return };
        if is_override {
            match set.get_mut(&key) {
                Some(base) => merge(base, block),
                None => self.problems.push(Problem::error(
                    block.header,
                    format!("there is no `{} {key}` for this override to change", block.name),
                )),
            }
        } else if let Err(block) = set.add(key.clone(), block) {
            self.problems
                .push(Problem::error(block.header, format!("`{} {key}` is declared twice in this module", block.name)));
        }
    }

    fn add_local(&mut self, attribute: Attribute, is_override: bool) {
        if is_override && let Some(base) = self.locals.get_mut(&attribute.name) {
            *base = attribute;
        } else if let Err(attribute) = self.locals.add(attribute.name.clone(), attribute) {
            self.problems.push(Problem::error(
                attribute.name_span,
                format!("`local.{}` is declared twice in this module", attribute.name),
            ));
        }
    }
}

/// Lays an override over a block: arguments take the place of those of the same name, nested blocks of a type the
/// place of all of that type; `lifecycle` is merged argument by argument.
fn merge(base: &mut Block, over: Block) {
    let Body { attributes, blocks, .. } = over.body;
    for attribute in attributes {
        match base.body.attributes.iter_mut().find(|known| known.name == attribute.name) {
            Some(known) => *known = attribute,
            None => base.body.attributes.push(attribute),
        }
    }
    let mut replaced: Vec<Text> = Vec::new();
    for block in blocks {
        if block.name == "lifecycle"
            && let Some(known) = base.body.blocks.iter_mut().find(|known| known.name == "lifecycle")
        {
            merge(known, block);
            continue;
        }
        // `dynamic "x"` and `x` blocks are of one type.
        let kind = |block: &Block| match block.name.as_str() {
            "dynamic" => block.label(0).map(Text::new).unwrap_or_default(),
            _ => block.name.clone(),
        };
        let this = kind(&block);
        if !replaced.contains(&this) {
            base.body.blocks.retain(|known| kind(known) != this);
            replaced.push(this);
        }
        base.body.blocks.push(block);
    }
}

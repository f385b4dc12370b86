//! From a failure and its page's remedy to edits of the source.
//!
//! Takes the project, its model and a failure whose remedies say which fields change; finds out where these fields are
//! written, or would be, and gives the edits there. A value that comes through a parameter, variable or local is
//! changed where it is decided; where others use it as well, the fix is not safe and says so. What can't be changed
//! without guessing (a function call, an open input, another tool's output) gives no fix. Nothing is written here.

mod change;
mod encoded;
mod named;
mod origin;
mod place;
mod term;

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::{Edit, Fix};
use crate::model::{Entity, Model};
use crate::policy::engine::{Failure, Remedy};
use crate::resource::Project;
use crate::source::{FileId, Sources, Span};
use crate::syntax::edit::{self, Editable};
use crate::value::{Assignment, EntityId};

use change::Changes;

/// Works out the fixes of one project. Files are parsed once each.
pub struct Mender<'a> {
    project: &'a Project,
    model: &'a Model,
    sources: &'a Sources,
    /// Tells the user's own files from installed modules.
    is_own: &'a dyn Fn(Span) -> bool,
    files: RefCell<FxHashMap<FileId, Option<Rc<Editable>>>>,
}

/// Folders of files that other tools write.
const GENERATED: &[&str] = &["cdk.out", ".aws-sam", ".serverless", ".terraform"];

impl<'a> Mender<'a> {
    #[must_use]
    pub fn new(project: &'a Project, model: &'a Model, sources: &'a Sources, is_own: &'a dyn Fn(Span) -> bool) -> Self {
        Self { project, model, sources, is_own, files: RefCell::default() }
    }

    /// The edits that mend a failure in all its cases; nothing where one of them can't be mended.
    #[must_use]
    pub fn fix(&self, id: EntityId, failure: &Failure) -> Option<Fix> {
        if failure.remedies.is_empty() || failure.remedies.len() != failure.cases.len() {
            return None;
        }
        let entity = self.model.get(id);
        let mut changes = Changes::default();
        let mut safe = true;
        let mut title = None;
        let mut leads_to: Vec<String> = Vec::new();
        let mut exact: Vec<Vec<Span>> = Vec::new();
        for (assignment, remedy) in failure.cases.iter().zip(&failure.remedies) {
            let remedy = remedy.as_ref()?;
            let case = Case {
                mender: self,
                id,
                entity,
                assignment,
                in_some_cases: failure.description.is_some(),
                globals: Cell::new(false),
            };
            case.remedy(remedy, &mut changes)?;
            if failure.cases.len() > 1 {
                let mut own = Changes::default();
                case.remedy(remedy, &mut own)?;
                exact.push(own.exact(remedy));
                let differs = |span: &Span| exact.iter().any(|known| !known.contains(span));
                if exact.iter().flatten().any(|span| differs(span) && !case.is_of_case(*span)) {
                    return None;
                }
            }
            safe &= remedy.safe;
            title = title.or_else(|| remedy.title.clone());
            leads_to.extend(remedy.leads_to.iter().map(ToString::to_string));
        }
        let mut title = title.unwrap_or_else(|| changes.title());
        if let Some(name) = &changes.shared {
            safe = false;
            title = format!("{title} ({name} is used elsewhere, too)");
        }
        let edits = edit::in_order(changes.edits(self)?)?;
        (!edits.is_empty()).then_some(Fix { safe, title, edits, leads_to })
    }

    /// The file that a span lies in, ready to be changed; nothing for what nobody writes by hand.
    fn editable(&self, span: Span) -> Option<Rc<Editable>> {
        if !(self.is_own)(span) {
            return None;
        }
        let mut files = self.files.borrow_mut();
        let known = files.entry(span.file).or_insert_with(|| {
            let file = self.sources.get(span.file)?;
            let generated =
                |path: &Path| path.components().any(|part| GENERATED.iter().any(|folder| part.as_os_str() == *folder));
            if generated(&file.path) {
                return None;
            }
            Editable::of(&file).filter(Editable::is_sound).map(Rc::new)
        });
        known.clone()
    }
}

/// One case of one failure.
struct Case<'c, 'a> {
    mender: &'c Mender<'a>,
    id: EntityId,
    entity: &'c Entity,
    assignment: &'c Assignment,
    /// The failure does not hold in all cases.
    in_some_cases: bool,
    /// Something goes that the Globals section says for others, too.
    globals: Cell<bool>,
}

impl Case<'_, '_> {
    fn remedy(&self, remedy: &Remedy, changes: &mut Changes) -> Option<()> {
        for (path, value) in &remedy.set {
            self.set(self.id, path, value, changes)?;
        }
        for (path, value) in &remedy.insert {
            self.insert(self.id, path, value, changes)?;
        }
        let mut gone: Vec<Span> = Vec::new();
        for (value, field) in &remedy.remove {
            if self.is_spelt_elsewhere(value) {
                return None;
            }
            self.gather_removed(value, *field, &mut gone, 0)?;
        }
        let mut items: Vec<Span> = Vec::new();
        for value in &remedy.remove_items {
            self.gather_removed(value, false, &mut items, 0)?;
        }
        for span in items {
            let item = self.mender.editable(span)?.item_of(span)?;
            if !gone.contains(&item) {
                gone.push(item);
            }
        }
        if self.globals.get() {
            changes.shared.get_or_insert_with(|| "the Globals section".to_owned());
        }
        // What is worked out for one case holds where nothing else goes by it.
        if remedy.computed && self.in_some_cases && !changes.all_of(|span| self.is_of_case(span)) {
            return None;
        }
        // What other cases need stays.
        if !gone.is_empty() && self.in_some_cases && !gone.iter().all(|span| self.is_of_case(*span)) {
            return None;
        }
        changes.removed.extend(gone.into_iter().map(|span| (span, self.kept())));
        for replaced in &remedy.replace {
            self.replace(replaced, changes)?;
        }
        // Another text is right for the cases that fail, and wrong for others that share it.
        if !remedy.replace.is_empty() && self.in_some_cases && !changes.all_of(|span| self.is_of_case(span)) {
            return None;
        }
        for (value, item) in &remedy.beside {
            self.beside(value, item, changes)?;
        }
        for written in &remedy.write {
            self.write(written, changes)?;
        }
        for created in &remedy.create {
            self.create(created, changes)?;
        }
        Some(())
    }
}

/// Edits that a span's file takes, through the mender's cache.
fn in_file(mender: &Mender<'_>, span: Span, make: impl FnOnce(&Editable) -> Option<Vec<Edit>>) -> Option<Vec<Edit>> {
    make(&*mender.editable(span)?)
}

//! What changes: gathered over all cases, then turned into edits file by file.

use crate::model::Entity;
use crate::policy::engine::{Created, Remedy, Replaced, Written};
use crate::resource::Resource;
use crate::source::Span;
use crate::syntax::edit::{Edit, Piece, Position, Term};
use crate::value::{Data, EntityId, List, Origin, Step, Value};

use super::origin::decided;
use super::place::{Block, Place};
use super::term::Writer;
use super::{Case, Mender, in_file};

/// Names with what is written for each.
type Entries = Vec<(String, Term)>;

/// Everything that one fix does.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Values that are written otherwise.
    replaced: Vec<(Span, Term)>,
    /// Pieces of what is written at a place.
    pieces: Vec<(Span, String, String)>,
    /// New entries of blocks; the flag says that they stand beside the attributes of a resource.
    inserted: Vec<(Block, bool, Entries)>,
    /// New items of lists.
    appended: Vec<(Span, Vec<Term>)>,
    beside: Vec<(Span, Term)>,
    /// Values that go, each with what stays even when it is empty.
    pub removed: Vec<(Span, Vec<Span>)>,
    created: Vec<(Span, String, String, Entries)>,
    /// What carries a value there and is used elsewhere, too.
    pub shared: Option<String>,
    /// What is done, in words.
    said: Vec<String>,
}

impl Changes {
    /// A title for a fix that has none.
    pub(super) fn title(&self) -> String {
        if self.said.is_empty() { "mend it".to_owned() } else { self.said.join(", ") }
    }

    /// Whether all values that are written otherwise, and all blocks that get new ones, are like this.
    pub(super) fn all_of(&self, is: impl Fn(Span) -> bool) -> bool {
        self.replaced.iter().all(|(span, _)| is(*span))
            && self.pieces.iter().all(|(span, ..)| is(*span))
            && self.inserted.iter().all(|(block, ..)| is(block.span))
    }

    /// The places whose change is right for this case and may be wrong for another one: what goes, and what is worked
    /// out for the case. A place that only some of the failing cases want to change is needed by the others.
    pub(super) fn exact(&self, remedy: &Remedy) -> Vec<Span> {
        let mut spans: Vec<Span> = self.removed.iter().map(|(span, _)| *span).collect();
        if remedy.computed || !remedy.replace.is_empty() {
            spans.extend(self.replaced.iter().map(|(span, _)| *span));
            spans.extend(self.pieces.iter().map(|(span, ..)| *span));
        }
        spans
    }

    fn say(&mut self, text: String) {
        if !self.said.contains(&text) && self.said.len() < 3 {
            self.said.push(text);
        }
    }

    fn replace(&mut self, span: Span, term: Term) {
        if !self.replaced.iter().any(|(other, same)| *other == span && *same == term) {
            self.replaced.push((span, term));
        }
    }

    /// Another text for a piece of what is written at a place.
    pub(super) fn piece(&mut self, span: Span, old: String, new: String) {
        let piece = (span, old, new);
        if !self.pieces.contains(&piece) {
            self.pieces.push(piece);
        }
    }

    /// Puts a term at the end of a way from a block; entries of one block are gathered.
    fn insert(&mut self, block: Block, beside: bool, way: &[String], term: Term, nested: bool) -> Option<()> {
        let at = self.inserted.iter().position(|(known, ..)| known.span == block.span && *known == block);
        let at = at.unwrap_or_else(|| {
            self.inserted.push((block, beside, Vec::new()));
            self.inserted.len() - 1
        });
        let (_, _, entries) = self.inserted.get_mut(at)?;
        put(entries, way, term, nested)
    }

    pub(super) fn edits(self, mender: &Mender<'_>) -> Option<Vec<Edit>> {
        let mut edits = Vec::new();
        for (span, term) in &self.replaced {
            edits.extend(in_file(mender, *span, |file| file.replace(*span, term).map(|edit| vec![edit]))?);
        }
        for (span, old, new) in &self.pieces {
            // The place lies in a file that is the user's own and sound.
            in_file(mender, *span, |_| Some(Vec::new()))?;
            let file = mender.sources.get(span.file)?;
            let text = file.slice(*span);
            let at = text.find(old.as_str())?;
            let start = span.start + u32::try_from(at).ok()?;
            let end = start + u32::try_from(old.len()).ok()?;
            edits.push(Edit { span: Span::new(span.file, start, end), text: new.clone() });
        }
        for (block, beside, entries) in &self.inserted {
            let position = if *beside { Position::After("Type") } else { Position::Usual };
            edits.extend(in_file(mender, block.span, |file| file.insert(block.span, block.inside, entries, position))?);
        }
        for (span, items) in &self.appended {
            edits.extend(in_file(mender, *span, |file| file.append(*span, items).map(|edit| vec![edit]))?);
        }
        for (span, item) in &self.beside {
            edits.extend(in_file(mender, *span, |file| file.beside(*span, item).map(|edit| vec![edit]))?);
        }
        let mut files: Vec<Span> = Vec::new();
        for (span, _) in &self.removed {
            if !files.iter().any(|known| known.file == span.file) {
                files.push(*span);
            }
        }
        for first in files {
            let own = self.removed.iter().filter(|(span, _)| span.file == first.file);
            let spans: Vec<Span> = own.clone().map(|(span, _)| *span).collect();
            let kept: Vec<Span> = own.flat_map(|(_, kept)| kept.iter().copied()).collect();
            edits.extend(in_file(mender, first, |file| file.remove(&spans, &kept))?);
        }
        for (header, kind, name, entries) in &self.created {
            edits.extend(in_file(mender, *header, |file| {
                let mut free = name.clone();
                let mut number = 2;
                while file.is_taken(kind, &free) {
                    free = format!("{name}_{number}");
                    number += 1;
                }
                file.create(*header, kind, &free, entries).map(|edit| vec![edit])
            })?);
        }
        Some(edits)
    }
}

/// Puts a term at the end of a way; `nested` makes blocks of what lies between.
fn put(entries: &mut Vec<(String, Term)>, way: &[String], term: Term, nested: bool) -> Option<()> {
    let (first, rest) = way.split_first()?;
    let at = entries.iter().position(|(name, _)| name == first);
    if rest.is_empty() {
        return match at.and_then(|at| entries.get(at)) {
            Some((_, known)) => (*known == term).then_some(()),
            None => {
                entries.push((first.clone(), term));
                Some(())
            }
        };
    }
    let at = at.unwrap_or_else(|| {
        let inner = if nested { Term::Block(Vec::new()) } else { Term::Map(Vec::new()) };
        entries.push((first.clone(), inner));
        entries.len() - 1
    });
    match entries.get_mut(at) {
        Some((_, Term::Block(inner) | Term::Map(inner))) => put(inner, rest, term, nested),
        _ => None,
    }
}

impl Case<'_, '_> {
    fn writer<'w>(&'w self, resource: &'w Resource) -> Writer<'w> {
        Writer { project: self.mender.project, model: self.mender.model, resource }
    }

    /// What is left standing when all in it is removed.
    pub(super) fn kept(&self) -> Vec<Span> {
        let Some(resource) = self.resource(self.entity) else { return Vec::new() };
        let mut kept = vec![resource.header, resource.span];
        kept.extend(self.mender.project.origins.span(resource.attributes.origin));
        kept
    }

    pub(super) fn set(&self, id: EntityId, path: &str, value: &Value, changes: &mut Changes) -> Option<()> {
        let (id, path) = self.follow(id, path)?;
        let entity = self.mender.model.get(id);
        let resource = self.resource(entity)?;
        let Some(start) = self.start(entity, path) else {
            // A stream is on in CloudFormation where its view type is written.
            if path == "stream.enabled" && resource.kind.starts_with("AWS::") {
                return Some(());
            }
            return self.assign_at_origin(resource, entity, path, value, changes);
        };
        let beside = start.value.origin == resource.meta.origin && start.block.span == resource.header;
        self.assign(resource, start, beside, value, changes)
    }

    fn assign(
        &self,
        resource: &Resource,
        start: super::place::Start,
        beside: bool,
        value: &Value,
        changes: &mut Changes,
    ) -> Option<()> {
        let writer = self.writer(resource);
        let term = writer.term(value)?;
        let name = start.way.join(".");
        let name = name.strip_prefix("Properties.").unwrap_or(&name);
        match self.walk(start)? {
            Place::Missing { block, way } => {
                changes.insert(block, beside, &way, term.clone(), writer.is_terraform())?;
            }
            Place::Written(old) => {
                let span = self.decide_named(resource, name, old.origin, changes)?;
                self.is_the_value(span, &old)?;
                changes.replace(span, term.clone());
            }
        }
        changes.say(match &term {
            Term::Bool(_) | Term::Number(_) | Term::Text(_) => format!("set `{name}` to `{}`", plain(&term)),
            _ => format!("write `{name}`"),
        });
        Some(())
    }

    /// A field that code reads: its value says where it is written, or what one would write where.
    fn assign_at_origin(
        &self,
        resource: &Resource,
        entity: &Entity,
        path: &str,
        value: &Value,
        changes: &mut Changes,
    ) -> Option<()> {
        let old = self.settled(path.split('.').try_fold(&entity.fields, |value, name| value.get(name))?)?;
        let writer = self.writer(resource);
        let term = writer.term(value)?;
        let hop = self.mender.project.origins.get(old.origin)?;
        let name = match &hop.step {
            Step::Absent(text) => {
                let way = way_of(text)?;
                let block = Block { span: hop.span, inside: None };
                changes.insert(block, false, &way, term.clone(), writer.is_terraform())?;
                way.join(".")
            }
            _ => {
                let span = self.decide_named(resource, path, old.origin, changes)?;
                self.is_the_value(span, &old)?;
                changes.replace(span, term.clone());
                path.to_owned()
            }
        };
        changes.say(format!("set `{name}` to `{}`", plain(&term)));
        Some(())
    }

    /// Makes sure that the place holds the value itself and not something that it is computed from.
    pub(super) fn is_the_value(&self, span: Span, value: &Value) -> Option<()> {
        let shown = match &value.data {
            Data::Bool(value) => value.to_string(),
            Data::Number(number) => number.to_string(),
            Data::String(text) => text.to_string(),
            // Nothing, and what a whole list or map is, is seen by its place alone.
            Data::Absent | Data::Null | Data::List(_) | Data::Map(_) | Data::Parts(_) | Data::Unknown(_) => {
                return Some(());
            }
            Data::Choice(_) | Data::Entity(_) => return None,
        };
        let written = self.mender.editable(span)?.literal(span)?;
        let same = written.eq_ignore_ascii_case(&shown)
            || written.parse::<f64>().is_ok_and(|written| shown.parse::<f64>() == Ok(written))
            || matches!(
                (written.to_ascii_lowercase().as_str(), shown.as_str()),
                ("yes" | "on" | "y" | "1", "true") | ("no" | "off" | "n" | "0", "false")
            );
        same.then_some(())
    }

    pub(super) fn insert(&self, id: EntityId, path: &str, value: &Value, changes: &mut Changes) -> Option<()> {
        let (id, path) = self.follow(id, path)?;
        let entity = self.mender.model.get(id);
        let resource = self.resource(entity)?;
        let writer = self.writer(resource);
        let items = match writer.term(value)? {
            Term::List(items) => items,
            one => vec![one],
        };
        // Names of attributes stand without quotes in Terraform.
        let bare = |term: Term| match term {
            Term::Text(text) if path == "ignore_changes" => Term::Bare(text),
            other => other,
        };
        let items: Vec<Term> = items.into_iter().map(bare).collect();
        let start = self.start(entity, path)?;
        let name = start.way.join(".");
        let shown: Vec<String> = items.iter().map(|item| format!("`{}`", plain(item))).collect();
        match self.walk(start)? {
            Place::Missing { block, way } => {
                changes.insert(block, false, &way, Term::List(items), writer.is_terraform())?;
            }
            Place::Written(old) => {
                let span = self.decide_named(resource, &name, old.origin, changes)?;
                if !changes.appended.iter().any(|(known, same)| *known == span && *same == items) {
                    changes.appended.push((span, items));
                }
            }
        }
        changes.say(format!("add {} to `{name}`", shown.join(", ")));
        Some(())
    }

    /// The places of values that go. A group of fields is all that is written of it.
    pub(super) fn gather_removed(&self, value: &Value, field: bool, gone: &mut Vec<Span>, depth: usize) -> Option<()> {
        let value = self.settled(value)?;
        if depth > 16 {
            return None;
        }
        let origins = &self.mender.project.origins;
        let first = origins.get(value.origin);
        let at_header = first.as_ref().is_none_or(|hop| hop.span == self.entity.header);
        match (&value.data, &first) {
            (Data::Map(map), _) if at_header => {
                return map
                    .entries
                    .iter()
                    .try_for_each(|entry| self.gather_removed(&entry.value, true, gone, depth + 1));
            }
            // What is picked out of a list goes one by one; a field goes as a whole, and so does what comes from
            // elsewhere.
            (Data::List(list), first) if !field || first.is_none() || self.holds_items(list, first.as_ref()) => {
                return list.items.iter().try_for_each(|item| self.gather_removed(item, field, gone, depth + 1));
            }
            (Data::Entity(_) | Data::Choice(_), _) => return None,
            _ => {}
        }
        let Some(first) = first else { return Some(()) };
        match first.step {
            // Nothing is written, so nothing goes.
            Step::Absent(_) => return Some(()),
            Step::ProviderDefault => return None,
            Step::Globals => self.globals.set(true),
            _ if at_header => return Some(()),
            _ => {}
        }
        let resource = self.resource(self.entity)?;
        // In CloudFormation, what is written elsewhere in the template is an alias's.
        let elsewhere = first.span.file == resource.span.file && !resource.span.contains(first.span);
        if elsewhere && resource.kind.starts_with("AWS::") && first.step != Step::Globals {
            return None;
        }
        let file = self.mender.editable(first.span)?;
        // Elsewhere in Terraform: a resource that sets something of this one.
        let own = resource.span.contains(first.span) || first.step == Step::Globals;
        if !own && !file.is_block(first.span) {
            return None;
        }
        let inside = value
            .as_map()
            .and_then(|map| map.entries.iter().find_map(|entry| origins.get(entry.value.origin)).map(|hop| hop.span));
        let span = if value.as_map().is_some() { file.block_of(first.span, inside) } else { first.span };
        if !file.holds(span) || self.is_within_text(span, &value) {
            return None;
        }
        // A pair of name and value is one thing.
        let span = file.pair_of(span).unwrap_or(span);
        if !gone.contains(&span) {
            gone.push(span);
        }
        Some(())
    }

    /// Whether the items of a list are written where the list stands.
    fn holds_items(&self, list: &List, first: Option<&Origin>) -> bool {
        let Some(first) = first else { return true };
        let origins = &self.mender.project.origins;
        !list.items.is_empty()
            && list.items.iter().all(|item| {
                item.as_map().is_some() || origins.span(item.origin).is_some_and(|span| first.span.contains(span))
            })
    }

    pub(super) fn replace(&self, replaced: &Replaced, changes: &mut Changes) -> Option<()> {
        let resource = self.resource(self.entity)?;
        let values: Vec<Value> = match &replaced.value.data {
            Data::List(list) => list.items.clone(),
            _ => vec![replaced.value.clone()],
        };
        let writer = self.writer(resource);
        let term = writer.term(&replaced.by)?;
        for value in values.into_iter().filter(|value| !value.is_unset()) {
            match &replaced.text {
                None => {
                    let span = self.decide(resource, value.origin, changes)?;
                    if self.stands_at(span, &value) {
                        changes.replace(span, term.clone());
                    } else {
                        self.replace_within(span, &value, &term, changes)?;
                    }
                    changes.say(format!("write `{}`", plain(&term)));
                }
                Some(old) => {
                    let new = plain(&term);
                    let trail = self.mender.project.origins.trail(value.origin);
                    // The innermost place that has the piece exactly once.
                    let place = trail.iter().rev().find(|hop| {
                        let file = self.mender.sources.get(hop.span.file);
                        file.is_some_and(|file| file.slice(hop.span).matches(old.as_ref()).count() == 1)
                    })?;
                    let whole = place.span == trail.last()?.span;
                    if whole {
                        if let Some(found) =
                            decided(self.mender.project, self.mender.sources, value.origin, !resource.calls.is_empty())
                        {
                            changes.shared = changes.shared.take().or(found.shared);
                        } else if !matches!(place.step, Step::Expression) {
                            return None;
                        }
                    }
                    changes.piece(place.span, old.to_string(), new.clone());
                    changes.say(format!("write `{new}` for `{old}`"));
                }
            }
        }
        Some(())
    }

    pub(super) fn beside(&self, value: &Value, item: &Value, changes: &mut Changes) -> Option<()> {
        let resource = self.resource(self.entity)?;
        let writer = self.writer(resource);
        let pairs: Vec<(Value, Value)> = match (&value.data, &item.data) {
            (Data::List(values), Data::List(items)) if values.items.len() == items.items.len() => {
                values.items.iter().cloned().zip(items.items.iter().cloned()).collect()
            }
            _ => vec![(value.clone(), item.clone())],
        };
        for (value, item) in pairs {
            let span = self.mender.project.origins.span(value.origin)?;
            let term = writer.term(&item)?;
            changes.say(format!("add `{}`", plain(&term)));
            let whole = self.mender.editable(span)?.is_whole(span) && self.stands_at(span, &value);
            if !whole {
                self.beside_within(span, &value, &term, changes)?;
            } else if !changes.beside.iter().any(|(known, same)| *known == span && *same == term) {
                changes.beside.push((span, term));
            }
        }
        Some(())
    }

    pub(super) fn write(&self, written: &Written, changes: &mut Changes) -> Option<()> {
        let resource = match &written.resource.data {
            Data::Entity(id) => self.resource(self.mender.model.get(*id))?,
            Data::String(address) => {
                self.mender.project.resources.iter().find(|resource| resource.address == *address)?
            }
            _ => return None,
        };
        let terraform = !resource.kind.starts_with("AWS::");
        let attributes = if terraform { &written.terraform } else { &written.cloudformation };
        if attributes.is_empty() {
            return None;
        }
        for (way, value) in attributes {
            let start = self.whole(resource, way.split('.').map(str::to_owned).collect())?;
            self.assign(resource, start, false, value, changes)?;
        }
        Some(())
    }

    pub(super) fn create(&self, created: &Created, changes: &mut Changes) -> Option<()> {
        let resource = self.resource(self.entity)?;
        if resource.kind.starts_with("AWS::") != created.kind.starts_with("AWS::") {
            return None;
        }
        let writer = self.writer(resource);
        let entries: Option<Entries> =
            created.set.iter().map(|(name, value)| Some((name.to_string(), writer.term(value)?))).collect();
        let mut entries = entries?;
        if let Some(local) = writer.local(&resource.address).filter(|local| local.ends_with(']')) {
            // What one instance's block makes need not be what the others' do.
            if self.entity.address != resource.address && local.ends_with("\"]") {
                return None;
            }
            repeat(&mut entries, &local)?;
        }
        // What one call says of a part, other calls of the module need not.
        if self.entity.address != resource.address && !resource.calls.is_empty() {
            let name = self.settled(self.entity.fields.get("name")?)?;
            let written = self.mender.project.origins.trail(name.origin).pop()?;
            resource.span.contains(written.span).then_some(())?;
        }
        let name = if resource.kind.starts_with("AWS::") {
            format!("{}{}", resource.name, created.kind.rsplit("::").next().unwrap_or_default())
        } else {
            resource.name.to_string()
        };
        let new = (resource.header, created.kind.to_string(), name, entries);
        if !changes.created.contains(&new) {
            changes.say(format!("add `{}`", created.kind));
            changes.created.push(new);
        }
        Some(())
    }
}

/// Makes entries of a new resource that name an instance of another one, by its local address, name all its instances:
/// there may be none, or more.
fn repeat(entries: &mut Entries, local: &str) -> Option<()> {
    let (base, key) = local.strip_suffix(']')?.rsplit_once('[')?;
    let counted = key.bytes().all(|byte| byte.is_ascii_digit());
    let (argument, all, own) = if counted {
        ("count", format!("length({base})"), format!("{base}[count.index]"))
    } else {
        ("for_each", base.to_owned(), format!("{base}[each.key]"))
    };
    for (_, term) in entries.iter_mut() {
        let Term::Template(pieces) = term else { continue };
        for piece in pieces {
            if let Piece::Expression(text) = piece
                && let Some(rest) = text.strip_prefix(local)
            {
                *text = format!("{own}{rest}");
            }
        }
    }
    entries.insert(0, (argument.to_owned(), Term::Template(vec![Piece::Expression(all)])));
    Some(())
}

/// The names in what one would write: `a { b = 1 }`, `A: { B: 1 }`.
fn way_of(text: &str) -> Option<Vec<String>> {
    let end = text.find(" = ").or_else(|| text.rfind(": ").filter(|_| !text.contains('[')))?;
    let names = text.get(..end)?.split([' ', ':', '{']).filter(|name| !name.is_empty());
    let way: Vec<String> = names.map(str::to_owned).collect();
    let plain = |name: &String| name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    (!way.is_empty() && way.iter().all(plain)).then_some(way)
}

/// A term in words.
fn plain(term: &Term) -> String {
    match term {
        Term::Null => "null".to_owned(),
        Term::Bool(value) => value.to_string(),
        Term::Number(text) | Term::Text(text) | Term::Bare(text) => text.clone(),
        Term::Template(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Reference { name, attribute: None } => format!("${{{name}}}"),
                Piece::Reference { name, attribute: Some(of) } => format!("${{{name}.{of}}}"),
                Piece::Expression(text) => format!("${{{text}}}"),
            })
            .collect(),
        Term::List(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Term::Map(_) | Term::Block(_) => "...".to_owned(),
    }
}

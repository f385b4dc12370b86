//! Values of the model and of fixes as they are written in the source.

use crate::model::Model;
use crate::model::schema::Subject;
use crate::resource::{Project, Resource};
use crate::syntax::edit::{Piece, Term};
use crate::value::{Data, Part, Symbol, Unknown, Value};

/// Where something is written: its language and module decide how references look.
pub(super) struct Writer<'w> {
    pub project: &'w Project,
    pub model: &'w Model,
    /// The resource in whose file it is written.
    pub resource: &'w Resource,
}

/// How deep a value of a fix may be nested.
const MAX_DEPTH: usize = 16;

impl Writer<'_> {
    pub(super) fn is_terraform(&self) -> bool {
        !self.resource.kind.starts_with("AWS::")
    }

    /// What is written for a value; nothing for what has no form in the language.
    pub(super) fn term(&self, value: &Value) -> Option<Term> {
        self.at_depth(value, 0)
    }

    fn at_depth(&self, value: &Value, depth: usize) -> Option<Term> {
        if depth > MAX_DEPTH {
            return None;
        }
        Some(match &value.data {
            Data::Null => Term::Null,
            Data::Bool(value) => Term::Bool(*value),
            Data::Number(number) => Term::Number(number.to_string()),
            Data::String(text) => Term::Text(text.to_string()),
            Data::Parts(parts) => {
                let pieces: Option<Vec<Piece>> = parts
                    .iter()
                    .map(|part| match part {
                        Part::Known(text, _) => Some(Piece::Text(text.to_string())),
                        Part::Open(unknown, _) => self.reference(unknown),
                    })
                    .collect();
                Term::Template(pieces?)
            }
            Data::Unknown(unknown) => Term::Template(vec![self.reference(unknown)?]),
            Data::List(list) if list.rest.is_none() => {
                let items: Option<Vec<Term>> = list
                    .items
                    .iter()
                    .filter(|item| !item.is_absent())
                    .map(|item| self.at_depth(item, depth + 1))
                    .collect();
                Term::List(items?)
            }
            Data::Map(map) if map.rest.is_none() => {
                let entries: Option<Vec<(String, Term)>> = map
                    .entries
                    .iter()
                    .filter(|entry| !entry.value.is_absent())
                    .map(|entry| Some((entry.key.to_string(), self.at_depth(&entry.value, depth + 1)?)))
                    .collect();
                Term::Map(entries?)
            }
            Data::Entity(id) => self.entity(self.model.get(*id))?,
            Data::Absent | Data::List(_) | Data::Map(_) | Data::Choice(_) => return None,
        })
    }

    /// A reference to a resource of the project: by the name that others call it.
    fn entity(&self, entity: &crate::model::Entity) -> Option<Term> {
        let resource = self.project.resources.get(entity.resource)?;
        // A part of a resource has no reference.
        if resource.address != entity.address {
            return None;
        }
        if !self.is_terraform() {
            return Some(Term::Template(vec![self.logical(&resource.address, None)?]));
        }
        let attribute = match entity.subject {
            Subject::Table => "name",
            Subject::DaxCluster => "cluster_name",
            _ => "id",
        };
        Some(Term::Template(vec![Piece::Expression(format!("{}.{attribute}", self.local(&resource.address)?))]))
    }

    fn reference(&self, unknown: &Unknown) -> Option<Piece> {
        match unknown.symbol.as_ref()? {
            Symbol::Resource { address, attribute } if self.is_terraform() => {
                Some(Piece::Expression(format!("{}.{attribute}", self.local(address)?)))
            }
            Symbol::Resource { address, attribute } => {
                self.logical(address, (attribute != "Ref").then(|| attribute.to_string()))
            }
            Symbol::Expression(text) => {
                let name = |text: &str| text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
                if self.is_terraform() {
                    let root = self.resource.calls.is_empty();
                    let path = text.split('.').all(|part| !part.is_empty() && name(part));
                    let known = ["var.", "local.", "data."].iter().any(|start| text.starts_with(start));
                    return (root && path && known).then(|| Piece::Expression(text.to_string()));
                }
                let pseudo = text.strip_prefix("AWS::").is_some_and(name);
                (pseudo || name(text)).then(|| Piece::Reference { name: text.to_string(), attribute: None })
            }
        }
    }

    /// The logical id of a resource of the same template.
    fn logical(&self, address: &str, attribute: Option<String>) -> Option<Piece> {
        let prefix = |address: &str| address.rsplit_once('/').map(|(prefix, _)| prefix.to_owned());
        if prefix(address) != prefix(&self.resource.address) {
            return None;
        }
        let name = address.rsplit('/').next().unwrap_or(address);
        Some(Piece::Reference { name: name.to_owned(), attribute })
    }

    /// The address of a resource as its own module calls it.
    pub(super) fn local(&self, address: &str) -> Option<String> {
        let module = self.resource.calls.last().map(|call| format!("{}.", call.address)).unwrap_or_default();
        let local = address.strip_prefix(&module)?;
        (!local.starts_with("module.")).then(|| local.to_owned())
    }
}

//! Where the fields of a subject stand in a type of resource, worked out once for all resources of the type.

use std::cell::OnceCell;

use crate::value::StepId;

use super::super::schema::{Default, Field, Path, Subject, Type, fields_of, place};

/// One field of a subject or of a group within it.
pub(super) struct Planned {
    pub name: &'static str,
    pub source: Source,
    /// What one would write, once it was asked for.
    pub to_write: OnceCell<StepId>,
}

/// Where the value of a field comes from.
pub(super) enum Source {
    /// A group with at least one field, and how many the schema gives it: some are set by code.
    Group(Vec<Planned>, usize),
    /// It has no place in the type, and a default all the same.
    Default(&'static Field, Default),
    /// A dotted way of attributes.
    Way(&'static Field, Path),
}

/// The fields that a type of resource has a place or a default for.
pub(super) fn plan(subject: Subject, kind: &str) -> Vec<Planned> {
    group(subject, kind, fields_of(subject), "")
}

fn group(subject: Subject, kind: &str, fields: &'static [Field], prefix: &str) -> Vec<Planned> {
    let planned = fields.iter().filter_map(|field| {
        let path = if prefix.is_empty() { field.name.to_owned() } else { format!("{prefix}.{}", field.name) };
        let source = match field.ty {
            Type::Object(inner) => {
                let planned = group(subject, kind, inner, &path);
                if planned.is_empty() {
                    return None;
                }
                Source::Group(planned, inner.len())
            }
            _ => match place(subject, kind, &path, field) {
                "" => Source::Default(field, field.default?),
                way => Source::Way(field, way),
            },
        };
        Some(Planned { name: field.name, source, to_write: OnceCell::new() })
    });
    planned.collect()
}

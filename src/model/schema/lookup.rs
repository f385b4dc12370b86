//! Finding fields by their dotted names, and the nearest name where there is none.

use super::{Field, SUBJECTS, Subject, SubjectSchema, Type};

/// Why a dotted name leads to no field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The segment that is not there.
    pub segment: String,
    /// What comes before it: `table.encryption`.
    pub of: String,
    /// What stands there instead, nearest first; empty where nothing can follow.
    pub candidates: Vec<&'static str>,
}

/// The schema of a subject.
#[must_use]
pub fn subject(subject: Subject) -> Option<&'static SubjectSchema> {
    SUBJECTS.iter().find(|schema| schema.subject == subject)
}

/// The fields of a subject.
#[must_use]
pub fn fields_of(of: Subject) -> &'static [Field] {
    subject(of).map_or(&[], |schema| schema.fields)
}

/// The field at a dotted name from a subject (`encryption.key_class`), following links (`table.capacity.write` from an
/// index).
#[must_use]
pub fn field(of: Subject, path: &str) -> Option<&'static Field> {
    resolve(of, path).ok()
}

/// As [`field`], and says what is wrong where there is none.
///
/// # Errors
/// The segment that is not there, with the names that are.
pub fn resolve(of: Subject, path: &str) -> Result<&'static Field, Missing> {
    let mut fields = fields_of(of);
    let mut walked = of.name().to_owned();
    let mut found: Option<&'static Field> = None;
    for segment in path.split('.') {
        if let Some(before) = found {
            fields = match before.ty {
                Type::Object(fields) => fields,
                Type::Link(to) => fields_of(to),
                // Anything may follow in a free document; it has no schema.
                Type::Any => return Ok(before),
                _ => &[],
            };
        }
        let Some(next) = fields.iter().find(|field| field.name == segment) else {
            return Err(Missing { segment: segment.to_owned(), of: walked, candidates: closest(fields, segment) });
        };
        walked.push('.');
        walked.push_str(segment);
        found = Some(next);
    }
    found.ok_or_else(|| Missing { segment: String::new(), of: walked, candidates: Vec::new() })
}

/// The names of the fields, the most similar to `name` first; those that go on where `name` ends come before all.
#[must_use]
pub fn closest(fields: &'static [Field], name: &str) -> Vec<&'static str> {
    let mut names: Vec<(bool, usize, &'static str)> = fields
        .iter()
        .map(|field| (name.is_empty() || !field.name.starts_with(name), distance(name, field.name), field.name))
        .collect();
    names.sort_unstable();
    names.into_iter().map(|(_, _, name)| name).collect()
}

/// Levenshtein's distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (j, to) in b.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or(usize::MAX);
            let best = (diagonal + usize::from(from != *to)).min(above + 1).min(left + 1);
            diagonal = above;
            if let Some(cell) = row.get_mut(j) {
                *cell = left;
            }
            left = best;
        }
        if let Some(cell) = row.last_mut() {
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::PLACES;
    use super::*;

    fn every_field(fields: &'static [Field], visit: &mut impl FnMut(&'static Field)) {
        for field in fields {
            visit(field);
            match field.ty {
                Type::Object(inner) => every_field(inner, visit),
                Type::List(Type::Object(inner)) => every_field(inner, visit),
                _ => {}
            }
        }
    }

    #[test]
    fn every_subject_has_a_schema_in_the_order_of_the_list() {
        let listed: Vec<Subject> = Subject::ALL.iter().map(|(subject, _)| *subject).collect();
        let described: Vec<Subject> = SUBJECTS.iter().map(|schema| schema.subject).collect();
        assert_eq!(described, listed);
    }

    #[test]
    fn names_are_snake_case_and_unique_and_every_field_is_documented() {
        for schema in SUBJECTS {
            let mut names: Vec<&str> = schema.fields.iter().map(|field| field.name).collect();
            names.sort_unstable();
            let count = names.len();
            names.dedup();
            assert_eq!(names.len(), count, "{:?} names a field twice", schema.subject);
            every_field(schema.fields, &mut |field| {
                let snake = field.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
                assert!(snake, "{}", field.name);
                assert!(field.doc.ends_with('.'), "{} has no full sentence", field.name);
            });
        }
    }

    #[test]
    fn dotted_names_follow_groups_and_links() {
        assert_eq!(field(Subject::Table, "encryption.key_class").map(|field| field.name), Some("key_class"));
        assert_eq!(field(Subject::Index, "table.capacity.write").map(|field| field.name), Some("write"));
        assert!(field(Subject::Table, "indexes.name").is_none(), "a list has no fields of its own");
    }

    #[test]
    fn a_misspelt_name_gets_the_nearest_one() {
        let missing = resolve(Subject::Table, "deletion_protecton").expect_err("it is misspelt");
        assert_eq!(missing.candidates.first(), Some(&"deletion_protection"));
        assert_eq!(missing.of, "table");
        let missing = resolve(Subject::Table, "encryption.kms").expect_err("it is misspelt");
        assert_eq!((missing.of.as_str(), missing.candidates.first()), ("table.encryption", Some(&"kms_key")));
    }

    #[test]
    fn places_of_single_types_name_fields_that_exist() {
        for places in PLACES {
            for (path, _) in places.fields {
                assert!(field(places.subject, path).is_some(), "{} has no {path}", places.resource_type);
            }
        }
    }
}

//! Where a value is decided: the line that one changes, and who else goes by it.

use crate::resource::{Project, Resource};
use crate::source::{Sources, Span};
use crate::value::{Origin, OriginId, Step};

use super::Case;
use super::change::Changes;

/// The place that decides a value.
#[derive(Clone, Debug)]
pub(super) struct Decided {
    pub span: Span,
    /// The name of what carries the value there and is used elsewhere as well.
    pub shared: Option<String>,
}

/// The place where the value of an origin is written; nothing where an open input, the command line or the service
/// decides it.
pub(super) fn decided(project: &Project, sources: &Sources, origin: OriginId, in_module: bool) -> Option<Decided> {
    let trail = project.origins.trail(origin);
    let last = trail.last()?;
    let mut shared = None;
    for (at, hop) in trail.iter().enumerate() {
        match &hop.step {
            Step::Literal | Step::Expression | Step::Branch(_) | Step::Argument { .. } => {}
            Step::Reference(name) => {
                // A constant with which an open input is compared is no place of a value.
                if is_open(project, name) || at + 1 == trail.len() {
                    return None;
                }
                if is_used_elsewhere(sources, hop, name) {
                    shared.get_or_insert_with(|| quoted(name));
                }
            }
            Step::Default(name) => {
                if is_open(project, name) {
                    return None;
                }
                // The default of a module's variable holds for all who call it.
                if in_module {
                    shared.get_or_insert_with(|| format!("the default of {}", quoted(name)));
                }
            }
            Step::Globals => {
                shared.get_or_insert_with(|| "the Globals section".to_owned());
            }
            Step::File(_) if at + 1 < trail.len() => {}
            Step::File(_) => return None,
            Step::Absent(_) if at + 1 == trail.len() && at > 0 => {}
            Step::Absent(_)
            | Step::Resource { .. }
            | Step::CommandLine(_)
            | Step::ProviderDefault
            | Step::Document(_) => return None,
        }
    }
    match last.step {
        Step::Literal | Step::Default(_) | Step::Absent(_) => Some(Decided { span: last.span, shared }),
        _ => None,
    }
}

impl Case<'_, '_> {
    /// The place that decides the value of an attribute, to be changed. What others go by as well is changed only
    /// where a name on the way, or what it is used for, says that it is about this attribute: `is_production` decides
    /// more than it seems.
    pub(super) fn decide_named(
        &self,
        resource: &Resource,
        name: &str,
        origin: OriginId,
        changes: &mut Changes,
    ) -> Option<Span> {
        let sources = self.mender.sources;
        let found = decided(self.mender.project, sources, origin, !resource.calls.is_empty())?;
        if found.shared.is_some() {
            let trail = self.mender.project.origins.trail(origin);
            let file = sources.get(found.span.file)?;
            let key = key_before(file.text(), found.span.start as usize);
            let innermost = trail.iter().rev().find_map(|hop| match &hop.step {
                Step::Reference(name) | Step::Default(name) | Step::Argument { name, .. } => Some(name),
                _ => None,
            });
            let told =
                key.is_some_and(|key| is_about(key, name)) || innermost.is_none_or(|inner| is_about(inner, name));
            let used = |hop: &Origin| match &hop.step {
                Step::Reference(of) => uses_are_about(sources, hop, of, name),
                _ => true,
            };
            if !told && !trail.iter().all(used) {
                return None;
            }
        }
        self.decide(resource, origin, changes)
    }

    /// The place that decides a value, to be changed.
    pub(super) fn decide(&self, resource: &Resource, origin: OriginId, changes: &mut Changes) -> Option<Span> {
        let in_module = !resource.calls.is_empty();
        let found = decided(self.mender.project, self.mender.sources, origin, in_module)?;
        let trail = self.mender.project.origins.trail(origin);
        let referred = trail.iter().any(|hop| matches!(hop.step, Step::Reference(_) | Step::Argument { .. }));
        if changes.shared.is_none() {
            changes.shared = found.shared;
            // What an alias stands for is written elsewhere, for others too.
            let template = resource.kind.starts_with("AWS::");
            if template && !referred && found.span.file == resource.span.file && !resource.span.contains(found.span) {
                changes.shared = Some("an alias".to_owned());
            }
        }
        Some(found.span)
    }
}

/// The name that a value on the same line is given to: `name = `, `"name": `, `name: !Ref `, `name: { Ref: `.
fn key_before(text: &str, at: usize) -> Option<&str> {
    let mut line = text.get(..at)?.rsplit('\n').next()?;
    // A few steps: a quote, a function, its brace.
    for _ in 0..4 {
        let inner = line.trim_end().trim_end_matches(['"', '\'']).trim_end();
        if let Some(before) = inner.strip_suffix("!Ref") {
            line = before;
            continue;
        }
        let name = inner.strip_suffix(['=', ':'])?.trim_end().trim_end_matches(['"', '\'']);
        let start = name.rfind(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | '-')));
        let (before, name) = name.split_at(start.map_or(0, |start| start + 1));
        if name != "Ref" {
            return (!name.is_empty()).then_some(name);
        }
        line = before.trim_end_matches(['"', '\'']).trim_end().strip_suffix('{')?;
    }
    None
}

/// Whether everything that refers to a name gives its value to attributes of about that name.
fn uses_are_about(sources: &Sources, hop: &Origin, name: &str, attribute: &str) -> bool {
    let Some(file) = sources.get(hop.span.file) else { return false };
    let terraform = name.starts_with("var.") || name.starts_with("local.");
    let about = |text: &str, wanted: &str| {
        occurrences(text, wanted).all(|at| {
            let declared = text.get(..at).is_some_and(|before| {
                before.rsplit('\n').next().is_some_and(|line| line.trim_matches([' ', '\t', '"', '{']).is_empty())
            });
            // What is only told to others decides nothing.
            let told = |key: &str| key.eq_ignore_ascii_case("value") || is_about(key, attribute);
            declared || key_before(text, at).is_some_and(told)
        })
    };
    if terraform {
        let folder = file.path.parent();
        return sources.all().iter().filter(|other| other.path.parent() == folder).all(|file| about(file.text(), name));
    }
    about(file.text(), bare(name))
}

/// Whether a name may be about an attribute: they have a word in common, or the name is the initials of some words.
fn is_about(name: &str, attribute: &str) -> bool {
    let lower = |text: &str| split(text).into_iter().map(str::to_lowercase).collect::<Vec<_>>();
    let (own, wanted) = (lower(bare(name)), lower(attribute));
    let alike = |a: &str, b: &str| {
        let shorter = a.len().min(b.len());
        a == b || shorter >= 4 && a.get(..4) == b.get(..4)
    };
    let initials: String = wanted.iter().filter_map(|word| word.chars().next()).collect();
    own.iter()
        .any(|word| wanted.iter().any(|other| alike(word, other)) || word.len() > 1 && initials.contains(word.as_str()))
}

/// The words of a name, which are told apart by signs or by letter case.
fn split(name: &str) -> Vec<&str> {
    let (mut words, mut start, mut small) = (Vec::new(), 0, false);
    for (at, letter) in name.char_indices() {
        let is_part = letter.is_alphanumeric();
        if !is_part || letter.is_uppercase() && small {
            words.extend(name.get(start..at));
            start = if is_part { at } else { at + letter.len_utf8() };
        }
        small = letter.is_lowercase();
    }
    words.extend(name.get(start..));
    words.into_iter().filter(|word| !word.is_empty()).collect()
}

/// The last word of a name as front ends write it: ``parameter `Env` ``, `var.env`.
fn bare(name: &str) -> &str {
    let inner = name.split('`').nth(1).unwrap_or(name);
    inner.rsplit('.').next().unwrap_or(inner)
}

fn quoted(name: &str) -> String {
    if name.contains('`') { name.to_owned() } else { format!("`{name}`") }
}

/// Whether an input of that name is open: its default is one of several cases.
fn is_open(project: &Project, name: &str) -> bool {
    let name = bare(name);
    project
        .inputs
        .iter()
        .any(|(_, input)| input.name.rsplit(['.', '/']).next().unwrap_or(&input.name) == name && input.cases.len() > 1)
}

/// Whether something else refers to the name: more often than here, in the template or the files of the module.
fn is_used_elsewhere(sources: &Sources, hop: &Origin, name: &str) -> bool {
    let Some(file) = sources.get(hop.span.file) else { return true };
    let terraform = name.starts_with("var.") || name.starts_with("local.");
    if terraform {
        let folder = file.path.parent();
        let mut found = 0;
        for other in sources.all() {
            if other.path.parent() == folder {
                found += words(other.text(), name);
            }
        }
        return found != 1;
    }
    if ["each.", "count."].iter().any(|start| name.starts_with(start)) {
        return false;
    }
    // Declared once and used once.
    words(file.text(), bare(name)) != 2
}

/// How often a name stands in a text as a word of its own.
fn words(text: &str, name: &str) -> usize {
    occurrences(text, name).count()
}

/// Where a name stands in a text as a word of its own.
fn occurrences<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = usize> + 't {
    let part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
    text.match_indices(name).map(|(at, _)| at).filter(move |at| {
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(|letter| part(letter) || letter == '.') && !after.is_some_and(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_counted_as_whole_words() {
        assert_eq!(words("var.env var.environment xvar.env ${var.env}", "var.env"), 2);
        assert_eq!(words("Env: !Ref Env # Environment Env-x", "Env"), 2);
        assert_eq!(bare("parameter `Env`"), "Env");
        assert_eq!(bare("var.env"), "env");
    }

    #[test]
    fn a_name_is_about_an_attribute_when_it_says_so() {
        let recovery = "point_in_time_recovery.enabled";
        for name in [
            "var.enable_pitr",
            "PITR",
            "parameter `RecoveryOn`",
            "local.pointInTimeRecovery",
            "each.value.backup_enabled",
        ] {
            assert!(is_about(name, recovery), "{name}");
        }
        for name in ["var.is_production", "local.environment", "parameter `IsProd`", "has_fixtures"] {
            assert!(!is_about(name, recovery), "{name}");
        }
        assert!(is_about("var.protect", "deletion_protection_enabled"));
        assert!(is_about("ReadCapacity", "ProvisionedThroughput.ReadCapacityUnits"));
        let key = |line: &str| key_before(&format!("a = 1\n{line}x"), 6 + line.len()).map(str::to_owned);
        assert_eq!(key("  \"is_prod\" : "), Some("is_prod".to_owned()));
        assert_eq!(key("  default     = "), Some("default".to_owned()));
        assert_eq!(key("  Enabled: !Ref "), Some("Enabled".to_owned()));
        assert_eq!(key("  \"Enabled\": { \"Ref\": \""), Some("Enabled".to_owned()));
        assert_eq!(key("- !Equals [!Ref "), None);
        assert_eq!(key("x ? "), None);
    }
}

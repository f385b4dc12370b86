//! Where a value is decided: the line that one changes, and who else goes by it.

use crate::resource::Project;
use crate::source::{Sources, Span};
use crate::value::{Origin, OriginId, Step};

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
    let part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
    text.match_indices(name)
        .filter(|(at, _)| {
            let before = text.get(..*at).and_then(|text| text.chars().next_back());
            let after = text.get(at + name.len()..).and_then(|text| text.chars().next());
            !before.is_some_and(|letter| part(letter) || letter == '.') && !after.is_some_and(part)
        })
        .count()
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
}

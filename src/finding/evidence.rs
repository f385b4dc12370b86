//! From a value's origin to labels: the place that is wrong, and the way that led there.

use crate::finding::Label;
use crate::resource::Call;
use crate::source::Span;
use crate::value::{Origin, OriginId, Origins, Step};

/// Where a finding stands, with what leads there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub primary: Label,
    pub related: Vec<Label>,
}

/// More places than this say no more.
const MOST_LABELS: usize = 16;

/// How the label of a call begins that leads to the module of the fault and decides nothing.
pub(super) const THROUGH: &str = "it is made through";

/// What a failure is blamed on.
#[derive(Clone, Debug)]
pub struct Blame<'a> {
    /// The characters that are wrong.
    pub span: Span,
    /// Where the value that stands there comes from; [`OriginId::NONE`] for a header.
    pub origin: OriginId,
    /// What the policy has to say there; may be empty.
    pub label: &'a str,
    /// Other values that decided, with their places and what they have to do with it.
    pub related: Vec<(OriginId, Span, &'a str)>,
}

/// Labels for a blame: its place is the primary one, the hops that lead to the line that decides it and the other
/// values are related. `is_own` tells the user's own files from installed modules: what lies in the latter is shown at
/// the nearest place of the former, or at the call.
#[must_use]
pub fn evidence(origins: &Origins, blame: &Blame<'_>, calls: &[Call], is_own: &dyn Fn(Span) -> bool) -> Evidence {
    let first = origins.trail(blame.origin);
    let mut related = labels(&first);
    let mut primary = Label { span: blame.span, message: blame.label.to_owned() };
    if let Some(at) = related.iter().position(|label| label.span == blame.span) {
        let own = related.remove(at).message;
        if primary.message.is_empty() {
            primary.message = own;
        }
    }
    for (origin, span, message) in &blame.related {
        related.push(Label { span: *span, message: (*message).to_owned() });
        related.extend(labels(&origins.trail(*origin)).into_iter().filter(|label| label.span != *span));
    }
    if !is_own(primary.span)
        && let Some(call) = calls.iter().find(|call| call.installed)
    {
        // The nearest place on the way that the user can change.
        let own = first.iter().find(|hop| is_own(hop.span) && !matches!(hop.step, Step::CommandLine(_)));
        let span = own.map_or(call.header, |hop| hop.span);
        let message = match own.map(|hop| &hop.step) {
            Some(step @ Step::Argument { .. }) => describe(step),
            Some(_) => format!("this decides it for {}", quoted(&call.address)),
            None => match missing_argument(&first) {
                Some(name) => format!("the argument {} is not set here", quoted(&name)),
                None => format!("{} makes it", quoted(&call.address)),
            },
        };
        let inside = std::mem::replace(&mut primary, Label { span, message });
        related.insert(0, inside);
    }
    // The calls that lead to the module, where no label shows them yet.
    for call in calls {
        let shown = std::iter::once(&primary).chain(&related).any(|label| call.span.contains(label.span));
        if !shown {
            related.push(Label { span: call.header, message: format!("{THROUGH} {}", quoted(&call.address)) });
        }
    }
    related = distinct(related, primary.span);
    for label in &mut related {
        if label.message.is_empty() {
            "this decides it too".clone_into(&mut label.message);
        }
    }
    related.truncate(MOST_LABELS);
    Evidence { primary, related }
}

/// Labels along one trail; hops at one place are one label, which says the more telling.
fn labels(trail: &[Origin]) -> Vec<Label> {
    let mut labels: Vec<Label> = Vec::new();
    for (index, hop) in trail.iter().enumerate() {
        let message = match &hop.step {
            // A literal at the attribute itself needs no words; behind references it is where the way ends.
            Step::Literal if index == 0 => String::new(),
            Step::Literal => "the value is written here".to_owned(),
            step => describe(step),
        };
        // A value within the line that was just shown needs no label of its own.
        if hop.step == Step::Literal && index > 0 && labels.last().is_some_and(|last| last.span.contains(hop.span)) {
            continue;
        }
        match labels.iter_mut().find(|label| label.span == hop.span) {
            Some(label) if label.message.is_empty() => label.message = message,
            Some(_) => {}
            None => labels.push(Label { span: hop.span, message }),
        }
    }
    labels
}

fn distinct(labels: Vec<Label>, primary: Span) -> Vec<Label> {
    let mut kept: Vec<Label> = Vec::new();
    for label in labels {
        if label.span != primary && !kept.iter().any(|one| one.span == label.span) {
            kept.push(label);
        }
    }
    kept
}

/// What a hop means, in words.
#[must_use]
pub fn describe(step: &Step) -> String {
    match step {
        Step::Literal => "the value is written here".to_owned(),
        Step::Expression => "it is computed here".to_owned(),
        Step::Document(_) => "it is encoded here".to_owned(),
        Step::Reference(name) => format!("this refers to {}", quoted(name)),
        Step::Resource { address, attribute } => format!("this refers to {} of {}", quoted(attribute), quoted(address)),
        Step::Default(name) => format!("{} takes its default here", quoted(name)),
        Step::Argument { name, module } => format!("argument {} of {}", quoted(name), quoted(module)),
        Step::File(name) => format!("set in {}", quoted(name)),
        Step::CommandLine(name) => format!("{} was set for this run", quoted(name)),
        Step::Globals => "the Globals section sets it here".to_owned(),
        Step::ProviderDefault => "the provider adds it here".to_owned(),
        Step::Branch(name) => format!("this branch is taken: {name}"),
        Step::Absent(text) if text.is_empty() => "nothing is set here, so the default applies".to_owned(),
        Step::Absent(text) => format!("nothing is set here, so the default applies: write {}", quoted(text)),
    }
}

/// The name in backticks, unless its front end has put some in already.
fn quoted(name: &str) -> String {
    if name.contains('`') { name.to_owned() } else { format!("`{name}`") }
}

/// The variable of an installed module whose default decides, where the way ends at one.
fn missing_argument(trail: &[Origin]) -> Option<String> {
    trail.iter().rev().find_map(|hop| match &hop.step {
        Step::Default(name) => Some(name.trim_start_matches("variable ").trim_matches('`').to_owned()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn span(file: u32, at: u32) -> Span {
        Span::new(FileId(file), at, at + 5)
    }

    fn messages(evidence: &Evidence) -> Vec<(u32, u32, &str)> {
        std::iter::once(&evidence.primary)
            .chain(&evidence.related)
            .map(|label| (label.span.file.0, label.span.start, label.message.as_str()))
            .collect()
    }

    fn call(installed: bool) -> Call {
        Call {
            address: "module.orders".into(),
            header: span(0, 50),
            span: Span::new(FileId(0), 50, 70),
            installed,
            arguments: Vec::new(),
        }
    }

    /// The evidence for one origin in a resource whose header is `1:0`.
    fn show(origins: &Origins, origin: OriginId, calls: &[Call], is_own: &dyn Fn(Span) -> bool) -> Evidence {
        let span = origins.span(origin).unwrap_or(span(1, 0));
        evidence(origins, &Blame { span, origin, label: "", related: Vec::new() }, calls, is_own)
    }

    #[test]
    fn the_way_leads_from_the_attribute_to_the_line_that_decides() {
        let origins = Origins::new();
        let literal = origins.literal(span(2, 7));
        let file = origins.hop(span(2, 7), Step::File("prod.tfvars".into()), literal);
        let argument = origins.hop(span(0, 60), Step::Argument { name: "pitr".into(), module: "orders".into() }, file);
        let reference = origins.hop(span(1, 9), Step::Reference("var.pitr".into()), argument);
        let found = show(&origins, reference, &[call(false)], &|_| true);
        assert_eq!(
            messages(&found),
            [
                (1, 9, "this refers to `var.pitr`"),
                (0, 60, "argument `pitr` of `orders`"),
                (2, 7, "set in `prod.tfvars`"),
            ]
        );
    }

    #[test]
    fn in_an_installed_module_it_stands_at_the_users_own_argument() {
        let origins = Origins::new();
        let literal = origins.literal(span(0, 60));
        let argument =
            origins.hop(span(0, 60), Step::Argument { name: "pitr".into(), module: "orders".into() }, literal);
        let reference = origins.hop(span(1, 9), Step::Reference("var.pitr".into()), argument);
        let found = show(&origins, reference, &[call(true)], &|span| span.file.0 == 0);
        assert_eq!(messages(&found), [(0, 60, "argument `pitr` of `orders`"), (1, 9, "this refers to `var.pitr`")]);
    }

    #[test]
    fn in_an_installed_module_without_an_argument_it_stands_at_the_call() {
        let origins = Origins::new();
        let default = origins.hop(span(1, 3), Step::Default("variable `pitr`".into()), OriginId::NONE);
        let reference = origins.hop(span(1, 9), Step::Reference("var.pitr".into()), default);
        let found = show(&origins, reference, &[call(true)], &|span| span.file.0 == 0);
        assert_eq!(
            found.primary,
            Label { span: span(0, 50), message: "the argument `pitr` is not set here".to_owned() }
        );
        assert_eq!(found.related.len(), 2);
    }

    #[test]
    fn without_a_place_the_header_is_blamed() {
        let found = show(&Origins::new(), OriginId::NONE, &[], &|_| true);
        assert_eq!(found.primary.span, span(1, 0));
    }
}

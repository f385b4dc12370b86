//! Policies by name, and by the identifiers of other tools.

use crate::policy::page::{PILLARS, Page};
use crate::policy::{Pack, Severity};

use super::super::finding::paragraph;
use super::super::markdown::{code, prose};
use super::{Item, ItemKind};

/// From how many letters on identifiers of other tools are offered; before that there are too many.
const LETTERS: usize = 2;

/// All policies but some, those that speak in the document first, and what a typed prefix means in other tools.
pub(super) fn policies(pack: &Pack, found: &[&str], without: &[&str], prefix: &str) -> Vec<Item> {
    let offered = |page: &&Page| !without.contains(&page.name.as_ref());
    let pages: Vec<&Page> = pack.iter().map(|policy| &**policy).filter(offered).collect();
    let (here, others): (Vec<&Page>, Vec<&Page>) =
        pages.iter().copied().partition(|page| found.contains(&page.name.as_ref()));
    let mut items: Vec<Item> = here.into_iter().chain(others).map(item).collect();
    if prefix.len() >= LETTERS {
        for page in pages {
            let fits = |alias: &&str| {
                alias.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
                    && !alias.ends_with('*')
            };
            for alias in page.aliases.iter().map(AsRef::as_ref).filter(fits) {
                let mut item = item(page);
                alias.clone_into(&mut item.label);
                alias.clone_into(&mut item.filter);
                item.detail = format!("{} · {}", page.name, item.detail);
                items.push(item);
            }
        }
    }
    items
}

/// One policy. What it means is told when it is asked for ([`explained`]): a list holds hundreds.
pub(super) fn item(page: &Page) -> Item {
    let mut item =
        Item::new(page.name.to_string(), ItemKind::Policy).detail(format!("{} · {}", page.pillar, page.severity));
    item.policy = Some(page.name.to_string());
    item
}

/// What a policy means and how other tools call it, in Markdown.
#[must_use]
pub fn explained(page: &Page) -> String {
    let mut documentation = format!("**{}**", prose(&page.title));
    if let Some(meaning) = paragraph(&page.text, "What it means") {
        documentation.push_str("\n\n");
        documentation.push_str(&meaning);
    }
    if !page.aliases.is_empty() {
        let aliases: Vec<String> = page.aliases.iter().take(12).map(|alias| code(alias)).collect();
        documentation.push_str("\n\nIn other tools: ");
        documentation.push_str(&aliases.join(", "));
    }
    documentation
}

/// The words that stand for many policies at once.
pub(super) fn groups() -> Vec<Item> {
    let pillars = PILLARS.iter().map(|pillar| Item::new(*pillar, ItemKind::Value).detail("pillar"));
    let severities = Severity::ALL.iter().map(|one| Item::new(one.name(), ItemKind::Value).detail("severity"));
    pillars.chain(severities).collect()
}

//! The policies of a run: the built-in ones and a user's own, found by name or by the identifiers of other tools.

use std::sync::Arc;

use crate::source::{SourceFile, Span};

use super::built_in::POLICIES;
use super::nearest::nearest;
use super::page::{Mistake, Page};

/// All policies of a run, sorted by name.
#[derive(Clone, Debug, Default)]
pub struct Pack {
    policies: Vec<Policy>,
}

/// A policy of a pack.
#[derive(Clone, Debug)]
pub enum Policy {
    BuiltIn(&'static Page),
    /// From one of the user's folders.
    Own(Arc<Page>),
}

impl std::ops::Deref for Policy {
    type Target = Page;

    fn deref(&self) -> &Page {
        match self {
            Self::BuiltIn(page) => page,
            Self::Own(page) => page,
        }
    }
}

/// What is wrong with a user's page, at its place in the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageMistake {
    pub span: Span,
    pub message: String,
    pub help: Option<String>,
}

impl Pack {
    /// The policies that are compiled in.
    #[must_use]
    pub fn built_in() -> Self {
        Self { policies: POLICIES.iter().map(Policy::BuiltIn).collect() }
    }

    /// No policies at all, for packs of one's own.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Adds a user's pages. One that is named as a built-in policy takes its place. Pages with mistakes are left out,
    /// and the mistakes come back, in the order of the files.
    pub fn load(&mut self, files: &[Arc<SourceFile>]) -> Vec<PageMistake> {
        let mut mistakes = Vec::new();
        let mut loaded: Vec<String> = Vec::new();
        for file in files {
            let text = file.text().get(file.body_start()..).unwrap_or_default();
            let offset = file.body_start();
            let span = |mistake: &Mistake| {
                let place = |at: usize| u32::try_from(at + offset).unwrap_or(u32::MAX);
                Span::new(file.id, place(mistake.start), place(mistake.end.max(mistake.start)))
            };
            match Page::parse(text) {
                Ok(page) => {
                    let name = page.name.to_string();
                    let start = Mistake { start: 0, end: 3, message: String::new(), help: None };
                    if loaded.contains(&name) {
                        mistakes.push(PageMistake {
                            span: span(&start),
                            message: format!("another page is named `{name}` too"),
                            help: Some("give each policy a name of its own".into()),
                        });
                        continue;
                    }
                    if file.path.file_stem().is_some_and(|stem| stem.to_string_lossy() != name.as_str()) {
                        mistakes.push(PageMistake {
                            span: span(&start),
                            message: format!("the page is named `{name}`, not as its file"),
                            help: Some(format!("name the file `{name}.md`")),
                        });
                        continue;
                    }
                    loaded.push(name);
                    self.add(Policy::Own(Arc::new(page)));
                }
                Err(found) => mistakes.extend(found.into_iter().map(|mistake| PageMistake {
                    span: span(&mistake),
                    message: mistake.message,
                    help: mistake.help,
                })),
            }
        }
        mistakes
    }

    fn add(&mut self, policy: Policy) {
        match self.policies.binary_search_by(|known| known.name.cmp(&policy.name)) {
            Ok(at) => self.policies[at] = policy,
            Err(at) => self.policies.insert(at, policy),
        }
    }

    /// All policies, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Policy> {
        self.policies.iter()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.policies.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty()
    }

    /// The policy of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Policy> {
        let at = self.policies.binary_search_by(|known| known.name.as_ref().cmp(name)).ok()?;
        self.policies.get(at)
    }

    /// All policies that a name or an identifier of another tool means; several may share one.
    #[must_use]
    pub fn find(&self, name: &str) -> Vec<&Policy> {
        match self.get(name) {
            Some(policy) => vec![policy],
            None => self.policies.iter().filter(|policy| policy.is_called(name)).collect(),
        }
    }

    /// The name or identifier that was probably meant.
    #[must_use]
    pub fn suggest(&self, name: &str) -> Option<&str> {
        let names = self.policies.iter().map(|policy| policy.name.as_ref());
        nearest(name, names).or_else(|| {
            let aliases = self.policies.iter().flat_map(|policy| policy.aliases.iter().map(AsRef::as_ref));
            nearest(name, aliases)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::expression::{Function, Node, Program};
    use crate::policy::testing::page;
    use crate::source::Sources;

    fn loaded(files: &[(&str, String)]) -> (Pack, Vec<String>) {
        let sources = Sources::new();
        let files: Vec<_> = files.iter().map(|(path, text)| sources.add(*path, text.clone())).collect();
        let mut pack = Pack::built_in();
        let mistakes = pack.load(&files);
        let said = mistakes
            .iter()
            .map(|mistake| {
                let file = sources.get(mistake.span.file).unwrap();
                format!("{}: {}: {}", file.path_text(), file.slice(mistake.span), mistake.message)
            })
            .collect();
        (pack, said)
    }

    #[test]
    fn a_page_of_ones_own_is_added_or_takes_the_place_of_a_built_in_one() {
        let own = page("our-rule", "require: table.deletion_protection");
        let changed = page("ttl-without-attribute", "require: table.deletion_protection");
        let before = Pack::built_in().len();
        let (pack, mistakes) = loaded(&[("p/our-rule.md", own), ("p/ttl-without-attribute.md", changed)]);
        assert!(mistakes.is_empty(), "{mistakes:?}");
        assert_eq!(pack.len(), before + 1);
        assert!(matches!(pack.get("our-rule"), Some(Policy::Own(_))));
        assert_eq!(pack.get("ttl-without-attribute").unwrap().title, "something is wrong");
        assert!(pack.iter().map(|policy| policy.name.as_ref()).is_sorted());
    }

    #[test]
    fn mistakes_stand_at_their_place_also_behind_a_byte_order_mark() {
        let bad = page("our-rule", "require: table.deletion_protecton");
        let (pack, mistakes) =
            loaded(&[("p/our-rule.md", format!("\u{feff}{bad}")), ("p/other.md", page("our-rule", "require: 'true'"))]);
        assert_eq!(
            mistakes,
            [
                "p/our-rule.md: deletion_protecton: a table has no field `deletion_protecton`",
                "p/other.md: ---: the page is named `our-rule`, not as its file"
            ]
        );
        assert!(pack.get("our-rule").is_none());
    }

    #[test]
    fn every_regular_expression_of_the_built_in_pages_is_valid() {
        let programs = |page: &Page| -> Vec<Program> {
            let lets = page.lets.iter().map(|(_, program)| program.clone());
            lets.chain(page.when.clone()).chain([page.require.clone()]).collect()
        };
        for policy in Pack::built_in().iter() {
            for program in programs(policy) {
                for node in program.nodes.iter() {
                    let Node::Call { function: Function::Matches, arguments } = *node else { continue };
                    if let Some(Node::Text(text)) = program.slice(arguments).get(1).map(|at| program.node(*at)) {
                        assert!(regex::Regex::new(program.text(text)).is_ok(), "{}", policy.name);
                    }
                }
            }
        }
    }
}

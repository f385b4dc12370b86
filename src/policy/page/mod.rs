//! A policy's page: front matter that decides, a body that explains, and examples that are tests.
//!
//! Takes the text of a Markdown file, gives a [`Page`] whose expressions are checked against the model's schema, or
//! every mistake in it with its place. The build script reads the built-in pages with this code and writes them into
//! the binary; a user's own pages are read with it when they are loaded. Uses nothing of the rest of the crate but
//! the model's schema and the scales, because the build script compiles it too. `policies/README.md` documents the
//! format for people.

mod body;
mod examples;
mod fix;
mod front_matter;
#[cfg(test)]
mod tests;
mod yaml;

use std::borrow::Cow;

use crate::model::schema::Subject;

use super::expression::{Kind, Program, Template};
use super::level::{Confidence, Profile, Severity};

pub use super::expression::Mistake;
pub use body::{SECTIONS, Section, sections};
pub use examples::{Dialect, Example, ExampleFile, Expectation, Mark, examples};
pub use fix::{Assignment, Beside, Create, Fix, Replace, Write};

/// One policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Kebab-case; says the bad state. The file's name.
    pub name: Cow<'static, str>,
    /// What is wrong, as a short lower-case phrase.
    pub title: Cow<'static, str>,
    /// The folder of the page.
    pub pillar: Cow<'static, str>,
    pub severity: Severity,
    pub confidence: Confidence,
    pub profile: Profile,
    /// What is judged, one verdict each.
    pub applies_to: Cow<'static, [Subject]>,
    /// The languages in which the policy can fail, where these are not all that its subjects have.
    pub languages: Cow<'static, [Dialect]>,
    pub scope: Scope,
    /// Whether the project has a companion of the kind that the policy looks for.
    pub companion: Option<Program>,
    /// A companion in another project of the run may satisfy it.
    pub elsewhere: bool,
    /// Does not speak in non-production cases outside the profiles strict and all.
    pub production_only: bool,
    /// Speaks only in cases that are known to be non-production.
    pub non_production_only: bool,
    /// Names for parts of the conditions; each may use those before it.
    pub lets: Cow<'static, [(Cow<'static, str>, Program)]>,
    /// Where this does not hold, there is nothing to judge.
    pub when: Option<Program>,
    /// What has to hold.
    pub require: Program,
    pub message: Template,
    pub help: Option<Template>,
    /// The text of the primary label, where the evidence's own one is not enough.
    pub label: Option<Template>,
    /// An expression whose value's place is the primary one, in place of the evaluator's first blame.
    pub blame: Option<Program>,
    /// Silent where one of these fails in the same case.
    pub gives_way_to: Cow<'static, [Cow<'static, str>]>,
    /// Silent until this option is set; setting it switches the policy on in every profile.
    /// Several names stand with commas between them ([`option_names`]); setting any of them is enough.
    pub needs_option: Option<Cow<'static, str>>,
    /// How it is mended: the first one whose `when` holds.
    pub fixes: Cow<'static, [Fix]>,
    /// Choices of the Lens that the policy judges.
    pub lens: Cow<'static, [Cow<'static, str>]>,
    /// Identifiers of the same check in other tools; a star at the end stands for a family.
    pub aliases: Cow<'static, [Cow<'static, str>]>,
    pub options: Cow<'static, [PolicyOption]>,
    /// The version that brought the policy.
    pub since: Cow<'static, str>,
    /// The whole page.
    pub text: Cow<'static, str>,
}

/// Whether a missing companion may live elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Scope {
    #[default]
    Resource,
    /// Speaks only where the project has a companion of the kind, or with a closed world.
    Stack,
}

/// A setting of a policy.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyOption {
    pub name: Cow<'static, str>,
    /// As pages write it: `integer`, `list(string)`.
    pub ty: Cow<'static, str>,
    pub default: Program,
    /// What it means, in a sentence.
    pub doc: Cow<'static, str>,
}

impl PolicyOption {
    #[must_use]
    pub fn kind(&self) -> Kind {
        Kind::parse(&self.ty).unwrap_or(Kind::Any)
    }
}

/// The stack for reading one page, in bytes.
const STACK: usize = 64 << 20;

/// The pillars: the folders of the pages, in the order of reports.
pub const PILLARS: &[&str] =
    &["validity", "reliability", "security", "performance", "cost", "operations", "sustainability"];

/// The options that a page's `needs_option` names: one, or several with commas.
pub fn option_names(needed: &str) -> impl Iterator<Item = &str> {
    needed.split(',').map(str::trim)
}

impl Page {
    /// Whether a companion in another project of the run may take a finding back.
    #[must_use]
    pub fn looks_elsewhere(&self) -> bool {
        self.elsewhere || self.scope == Scope::Stack
    }

    /// Reads and checks a page: its front matter, expressions, sections and the form of its examples.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the text.
    pub fn parse(text: &str) -> Result<Self, Vec<Mistake>> {
        let failed = |message: &str| {
            let mistake = Mistake { start: 0, end: 0, message: message.to_owned(), help: None };
            Err(vec![mistake])
        };
        // The parser of expressions recurses once for each operator of a chain: a thread with a stack of its own
        // keeps the longest allowed chain from ending the process.
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || Self::read(text));
            match thread.map(std::thread::ScopedJoinHandle::join) {
                Ok(Ok(result)) => result,
                Ok(Err(_)) => failed("reading the page failed; this is a fault of dynalens"),
                Err(error) => failed(&format!("the page can't be read: {error}")),
            }
        })
    }

    fn read(text: &str) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let page = front_matter::read(text, &mut mistakes);
        if let Some(page) = &page {
            body::check(text, page, &mut mistakes);
        }
        match page {
            Some(page) if mistakes.is_empty() => Ok(page),
            _ => {
                mistakes.sort_by_key(|mistake| (mistake.start, mistake.end));
                mistakes.dedup();
                Err(mistakes)
            }
        }
    }

    /// Whether a name or an identifier of another tool means this policy: by its name, an alias, or an alias that
    /// stands for a family.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name
            || self.aliases.iter().any(|alias| {
                alias.eq_ignore_ascii_case(name)
                    || alias.strip_suffix('*').is_some_and(|family| {
                        name.get(..family.len()).is_some_and(|start| start.eq_ignore_ascii_case(family))
                    })
            })
    }

    /// The languages in which the policy can fail: those that the page names, else CloudFormation and Terraform, and
    /// SAM for what its simple tables have.
    #[must_use]
    pub fn dialects(&self) -> Vec<Dialect> {
        if !self.languages.is_empty() {
            return self.languages.to_vec();
        }
        let sam = self.applies_to.contains(&Subject::Table);
        Dialect::ALL.iter().copied().filter(|dialect| sam || *dialect != Dialect::Sam).collect()
    }

    #[must_use]
    pub fn option(&self, name: &str) -> Option<&PolicyOption> {
        self.options.iter().find(|option| option.name == name)
    }
}

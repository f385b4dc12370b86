//! What stands at a place, for people who look at the code in an editor: hovers, completions, hints, lenses
//! and the way to where a value is decided.
//!
//! Takes projects that are understood already, with their notes ([`crate::value::Note`]), the findings of the run and a
//! place in a file; gives plain structs with Markdown, byte ranges and texts. It knows no protocol, reads no files and
//! evaluates nothing anew: an answer is a walk over what is kept.

pub mod complete;
mod definition;
mod finding;
mod hint;
mod hover;
mod lens;
mod markdown;
mod named;
mod shown;
mod spot;
mod summary;
#[cfg(test)]
mod tests;
mod way;

pub use definition::{Target, definition};
pub use hint::{Hint, hints};
pub use hover::{Hover, hover};
pub use lens::{Lens, lenses};

use std::path::Path;

use crate::analysis::Understood;
use crate::finding::{Finding, Status};
use crate::policy::Pack;
use crate::source::{FileId, Sources, Span};

/// A project, with the files that its places lie in.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    pub understood: &'a Understood,
    pub sources: &'a Sources,
}

/// Where a place in another file can be opened: an address for its path, line and column (from 1), or nothing where it
/// is only told.
pub type Link<'a> = &'a dyn Fn(&Path, u32, u32) -> Option<String>;

/// What answers are drawn from.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// All projects that may have to do with the file, in order.
    pub projects: &'a [Known<'a>],
    pub findings: &'a [Finding],
    /// The files that the findings' places lie in.
    pub sources: &'a Sources,
    pub pack: &'a Pack,
    pub link: Link<'a>,
}

impl Seen<'_> {
    /// The findings that nothing has put aside, whose primary place lies in a file.
    fn findings_in(&self, path: &Path) -> impl Iterator<Item = &Finding> {
        let file = self.sources.find(path).map(|file| file.id);
        self.findings
            .iter()
            .filter(move |finding| Some(finding.primary.span.file) == file && finding.status == Status::Active)
    }

    /// The findings that nothing has put aside about an entity of a project or a part of it.
    fn findings_about<'s>(&'s self, known: Known<'s>, address: &'s str) -> impl Iterator<Item = &'s Finding> {
        let project = known.understood.project.path.to_string_lossy().replace('\\', "/");
        self.findings.iter().filter(move |finding| {
            let own = &finding.resource.address;
            let part = own.strip_prefix(address).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            part && finding.status == Status::Active && finding.project.replace('\\', "/") == project
        })
    }
}

impl Known<'_> {
    fn file(&self, path: &Path) -> Option<FileId> {
        self.sources.find(path).map(|file| file.id)
    }

    /// Whether a place is secret, or lies in one.
    fn is_secret(&self, span: Span) -> bool {
        self.sources.concealed(span.file).iter().any(|secret| secret.contains(span))
    }
}

/// Whether a span holds an offset of a file; its end counts, because a cursor behind the last character means it.
fn holds(span: Span, file: FileId, offset: u32) -> bool {
    span.file == file && span.start <= offset && offset <= span.end
}

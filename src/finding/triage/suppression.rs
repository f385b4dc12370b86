//! A suppression, wherever it is written, and what it reaches.

use std::path::{Path, PathBuf};

use crate::finding::SuppressionKind;
use crate::source::{Span, lexical};

use super::date::Date;
use super::place::CommentPlace;

/// One policy that is switched off for some resources.
#[derive(Clone, Debug)]
pub struct Suppression {
    pub kind: SuppressionKind,
    /// Where the policy is named.
    pub span: Span,
    /// As it is written.
    pub name: String,
    /// The policies that the name stands for.
    pub policies: Vec<String>,
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
    pub reach: Reach,
}

/// Which findings a suppression reaches.
#[derive(Clone, Debug)]
pub enum Reach {
    /// Those whose resource, call or line the comment stands on.
    Comment(CommentPlace),
    /// Those of the resource (or of what the call makes) with this span.
    Resource(Span),
    /// Those whose address and path fit the patterns.
    Pattern { address: Option<String>, path: Option<Glob> },
}

/// A compiled glob of paths.
#[derive(Clone, Debug)]
pub struct Glob {
    matcher: globset::GlobMatcher,
    /// The directory that the glob is relative to, from the root of the disk.
    base: PathBuf,
    /// The working directory, to which the paths of files are relative.
    working: PathBuf,
}

impl Glob {
    /// # Errors
    /// Those of the pattern.
    pub fn new(pattern: &str, base: &Path, working: &Path) -> Result<Self, globset::Error> {
        let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
        // A directory stands for all that is in it.
        let pattern = if pattern.ends_with('/') { format!("{pattern}**") } else { pattern.to_owned() };
        let matcher = globset::GlobBuilder::new(&pattern).literal_separator(true).build()?.compile_matcher();
        Ok(Self { matcher, base: base.to_owned(), working: working.to_owned() })
    }

    /// Whether a path, relative to the working directory, fits.
    #[must_use]
    pub fn matches(&self, path: &Path) -> bool {
        lexical(&self.working.join(path)).strip_prefix(&self.base).is_ok_and(|relative| self.matcher.is_match(relative))
    }
}

/// Whether an address fits a pattern in which `*` stands for any text and `?` for any character. Brackets and quotes
/// are themselves, as addresses are full of them.
#[must_use]
pub fn address_fits(pattern: &str, address: &str) -> bool {
    let (pattern, address): (Vec<char>, Vec<char>) = (pattern.chars().collect(), address.chars().collect());
    let (mut p, mut a) = (0, 0);
    // Where to go on when what follows the last star did not fit.
    let mut back: Option<(usize, usize)> = None;
    while a < address.len() {
        match pattern.get(p) {
            Some('*') => {
                back = Some((p + 1, a));
                p += 1;
            }
            Some(letter) if *letter == '?' || *letter == address[a] => {
                p += 1;
                a += 1;
            }
            _ => match back {
                Some((after_star, taken)) => {
                    p = after_star;
                    a = taken + 1;
                    back = Some((after_star, taken + 1));
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|letter| *letter == '*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_in_addresses_stand_for_any_text_and_brackets_for_themselves() {
        for (pattern, address, fits) in [
            ("aws_dynamodb_table.cache*", "aws_dynamodb_table.cache_eu", true),
            ("aws_dynamodb_table.cache*", "module.a.aws_dynamodb_table.cache", false),
            ("*.aws_dynamodb_table.cache", "module.a.aws_dynamodb_table.cache", true),
            ("module.a[\"eu\"].*", "module.a[\"eu\"].aws_dynamodb_table.t[0]", true),
            ("Orders/?index", "Orders/1index", true),
            ("Orders", "OrdersArchive", false),
            ("*a*b", "xaybab", true),
            ("", "", true),
        ] {
            assert_eq!(address_fits(pattern, address), fits, "{pattern} {address}");
        }
    }

    #[test]
    fn path_globs_are_relative_to_their_directory() {
        let (repo, working) = (Path::new("/home/repo"), Path::new("/home/repo/infra"));
        let glob = Glob::new("infra/**", repo, working).unwrap();
        assert!(glob.matches(Path::new("a/main.tf")));
        assert!(!glob.matches(Path::new("../other/main.tf")));
        assert!(Glob::new("infra/", repo, working).unwrap().matches(Path::new("main.tf")));
        assert!(!Glob::new("*.tf", repo, working).unwrap().matches(Path::new("main.tf")));
    }
}

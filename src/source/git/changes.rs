//! Which lines of which files changed: reads what `git diff --unified=0` prints.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The changed lines of files, by paths from the repository's root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    files: BTreeMap<PathBuf, Lines>,
    /// What renamed files were called, by their new names.
    renamed: BTreeMap<PathBuf, PathBuf>,
}

/// The changed lines of one file in its new state. Lines count from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// The file is new: all lines are.
    whole: bool,
    /// First and last line of each run of added or changed lines, in order.
    changed: Vec<(u32, u32)>,
    /// The lines behind which something was taken out, 0 for the beginning of the file; in order.
    removed_after: Vec<u32>,
}

impl Lines {
    /// Whether a line of `first..=last` was added or changed.
    #[must_use]
    pub fn touch(&self, first: u32, last: u32) -> bool {
        self.whole || self.changed.iter().any(|(from, to)| *from <= last && first <= *to)
    }

    /// Whether something was taken out between two lines of `first..=last`.
    #[must_use]
    pub fn lost_within(&self, first: u32, last: u32) -> bool {
        self.removed_after.iter().any(|line| first <= *line && *line < last)
    }
}

impl Changes {
    /// The changed lines of a file; nothing for one that is as it was.
    #[must_use]
    pub fn of(&self, path: &Path) -> Option<&Lines> {
        self.files.get(path)
    }

    /// What a renamed file was called.
    #[must_use]
    pub fn old_name(&self, path: &Path) -> Option<&Path> {
        self.renamed.get(path).map(PathBuf::as_path)
    }

    pub(super) fn add_whole(&mut self, path: &str) {
        self.files.insert(PathBuf::from(path), Lines { whole: true, ..Lines::default() });
    }

    /// Reads a patch without context. The bodies of hunks are skipped by the counts in their headers, so that no line
    /// of a file can pass for a header.
    pub(super) fn of_patch(patch: &[u8]) -> Self {
        let mut changes = Self::default();
        let mut file: Option<PathBuf> = None;
        let mut old: Option<PathBuf> = None;
        let mut body = 0_u64;
        for line in patch.split(|byte| *byte == b'\n') {
            // `\ No newline at end of file` belongs to no count.
            if line.starts_with(b"\\") {
                continue;
            }
            if body > 0 {
                body -= 1;
            } else if line.starts_with(b"diff --git ") {
                file = None;
            } else if let Some(name) = line.strip_prefix(b"rename from ") {
                old = plain_name(name);
            } else if let Some(name) = line.strip_prefix(b"rename to ") {
                if let (Some(old), Some(new)) = (old.take(), plain_name(name)) {
                    changes.renamed.insert(new, old);
                }
            } else if let Some(name) = line.strip_prefix(b"+++ ") {
                file = new_name(name);
            } else if let Some(hunk) = line.strip_prefix(b"@@ -").and_then(Hunk::read) {
                body = u64::from(hunk.old) + u64::from(hunk.new);
                if let Some(path) = &file {
                    changes.files.entry(path.clone()).or_default().add(&hunk);
                }
            }
        }
        changes
    }
}

impl Lines {
    fn add(&mut self, hunk: &Hunk) {
        if hunk.new == 0 {
            self.removed_after.push(hunk.start);
        } else {
            self.changed.push((hunk.start, hunk.start.saturating_add(hunk.new - 1)));
        }
    }
}

/// `@@ -12,2 +13,0 @@`
struct Hunk {
    /// How many lines there were.
    old: u32,
    /// Where the new ones begin; where there are none, the line before.
    start: u32,
    /// How many there are.
    new: u32,
}

impl Hunk {
    /// Reads what follows `@@ -`.
    fn read(line: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(line.split(|byte| *byte == b'@').next()?).ok()?;
        let (old, new) = text.trim().split_once(" +")?;
        let (_, old) = range(old)?;
        let (start, new) = range(new)?;
        Some(Self { old, start, new })
    }
}

/// `12,2`; the count is 1 where it is left out.
fn range(text: &str) -> Option<(u32, u32)> {
    match text.split_once(',') {
        Some((start, count)) => Some((start.parse().ok()?, count.parse().ok()?)),
        None => Some((text.parse().ok()?, 1)),
    }
}

/// The path of a `+++` line; nothing for a file that was taken away (`/dev/null`).
fn new_name(name: &[u8]) -> Option<PathBuf> {
    // Git ends a name that has spaces with a tab.
    let name = plain_name(name.strip_suffix(b"\t").unwrap_or(name))?;
    name.to_str()?.strip_prefix("b/").map(PathBuf::from)
}

fn plain_name(name: &[u8]) -> Option<PathBuf> {
    let name = match name.strip_prefix(b"\"").and_then(|inner| inner.strip_suffix(b"\"")) {
        Some(quoted) => unquote(quoted)?,
        None => name.to_owned(),
    };
    String::from_utf8(name).ok().map(PathBuf::from)
}

/// A name as git quotes it: C escapes, with octal numbers for bytes.
fn unquote(quoted: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(quoted.len());
    let mut rest = quoted;
    while let [first, tail @ ..] = rest {
        if *first != b'\\' {
            out.push(*first);
            rest = tail;
            continue;
        }
        match tail {
            [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', tail @ ..] => {
                out.push((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'));
                rest = tail;
            }
            [letter, tail @ ..] => {
                out.push(match letter {
                    b'a' => 7,
                    b'b' => 8,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'v' => 11,
                    b'f' => 12,
                    b'r' => b'\r',
                    b'"' | b'\\' => *letter,
                    _ => return None,
                });
                rest = tail;
            }
            [] => return None,
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_changed_and_removed_lines_are_told_apart() {
        let patch = b"diff --git a/a.tf b/a.tf\nindex 1..2 100644\n--- a/a.tf\n+++ b/a.tf\n@@ -3 +3 @@ resource\n-x\n+y\n@@ -10,0 +11,2 @@\n+a\n+b\n@@ -20,2 +22,0 @@\n-c\n-d\n";
        let changes = Changes::of_patch(patch);
        let lines = changes.of(Path::new("a.tf")).unwrap();
        assert!(lines.touch(3, 3) && lines.touch(1, 3) && lines.touch(12, 20) && lines.touch(11, 11));
        assert!(!lines.touch(4, 10) && !lines.touch(13, 40));
        assert!(lines.lost_within(20, 25) && lines.lost_within(22, 23));
        assert!(!lines.lost_within(10, 22) && !lines.lost_within(23, 40));
    }

    #[test]
    fn lines_of_files_that_look_like_headers_are_only_lines() {
        let patch = b"diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -0,0 +1,3 @@\n+++ b/evil\n+@@ -0,0 +1,9 @@\n+diff --git a/x b/x\n\\ No newline at end of file\ndiff --git a/b b/b\n--- a/b\n+++ b/b\n@@ -1 +1 @@\n-1\n+2\n";
        let changes = Changes::of_patch(patch);
        assert_eq!(changes.files.keys().collect::<Vec<_>>(), [Path::new("a"), Path::new("b")]);
        assert!(changes.of(Path::new("b")).unwrap().touch(1, 1));
    }

    #[test]
    fn names_are_read_as_git_quotes_them() {
        for (name, path) in [
            (&b"b/plain.tf"[..], Some("plain.tf")),
            (b"b/with space.tf\t", Some("with space.tf")),
            (b"\"b/t\\303\\274r\\t\\\"x\\\\.tf\"", Some("tür\t\"x\\.tf")),
            (b"/dev/null", None),
            (b"\"b/broken\\", None),
        ] {
            assert_eq!(new_name(name), path.map(PathBuf::from), "{name:?}");
        }
    }

    #[test]
    fn a_new_file_is_changed_throughout() {
        let mut changes = Changes::default();
        changes.add_whole("new.tf");
        assert!(changes.of(Path::new("new.tf")).unwrap().touch(900, 900));
        assert!(changes.of(Path::new("old.tf")).is_none());
    }
}

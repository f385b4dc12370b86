//! Unified diffs: what changes in a file, as `diff -u` and git show it.

use std::io::{self, Write};

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// Past this many differing lines, the middle of the file is shown as replaced as a whole.
const MOST_STEPS: usize = 3_000;

/// Writes the difference of two texts; nothing where they are the same. `show` makes a line fit for where it is
/// written.
///
/// # Errors
/// Those of the writer.
pub fn unified(
    path: &str,
    before: &str,
    after: &str,
    show: &dyn Fn(&str) -> String,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let changes = changes(&old, &new);
    if changes.is_empty() {
        return Ok(());
    }
    let path = show(path);
    writeln!(out, "--- a/{path}\n+++ b/{path}")?;
    let mut at = 0;
    while at < changes.len() {
        // Changes whose context would overlap are one hunk.
        let mut last = at;
        while last + 1 < changes.len() && changes[last + 1].old.0 <= changes[last].old.1 + 2 * CONTEXT {
            last += 1;
        }
        hunk(&old, &new, &changes[at..=last], show, out)?;
        at = last + 1;
    }
    Ok(())
}

/// Lines `old.0..old.1` give way to `new.0..new.1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    old: (usize, usize),
    new: (usize, usize),
}

fn hunk(
    old: &[&str],
    new: &[&str],
    changes: &[Change],
    show: &dyn Fn(&str) -> String,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (Some(first), Some(last)) = (changes.first(), changes.last()) else { return Ok(()) };
    let lead = first.old.0.min(CONTEXT);
    let trail = (old.len() - last.old.1).min(CONTEXT);
    let range = |start: usize, end: usize| match end - start {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        count => format!("{},{count}", start + 1),
    };
    let from = range(first.old.0 - lead, last.old.1 + trail);
    let to = range(first.new.0 - lead, last.new.1 + trail);
    writeln!(out, "@@ -{from} +{to} @@")?;
    let mut line = |mark: char, text: &str| match text.strip_suffix('\n') {
        Some(text) => writeln!(out, "{mark}{}", show(text)),
        None => writeln!(out, "{mark}{}\n\\ No newline at end of file", show(text)),
    };
    let mut at = first.old.0 - lead;
    for change in changes {
        for text in &old[at..change.old.0] {
            line(' ', text)?;
        }
        for text in &old[change.old.0..change.old.1] {
            line('-', text)?;
        }
        for text in &new[change.new.0..change.new.1] {
            line('+', text)?;
        }
        at = change.old.1;
    }
    for text in &old[at..at + trail] {
        line(' ', text)?;
    }
    Ok(())
}

/// The smallest set of changes that turns one list of lines into the other (Myers, "An O(ND) difference algorithm").
fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    if a.is_empty() && b.is_empty() {
        return Vec::new();
    }
    let whole = Change { old: (head, old.len() - tail), new: (head, new.len() - tail) };
    let Some(kept) = common(a, b) else { return vec![whole] };
    let mut changes = Vec::new();
    let (mut x, mut y) = (0, 0);
    for (i, j) in kept.into_iter().chain([(a.len(), b.len())]) {
        if i > x || j > y {
            changes.push(Change { old: (head + x, head + i), new: (head + y, head + j) });
        }
        (x, y) = (i + 1, j + 1);
    }
    changes
}

/// Pairs of lines that stay, in order; nothing where there are too many differences.
fn common(a: &[&str], b: &[&str]) -> Option<Vec<(usize, usize)>> {
    let most = (a.len() + b.len()).min(MOST_STEPS);
    // The furthest x on each diagonal k, stored at k + most.
    let mut furthest = vec![0_usize; 2 * most + 2];
    let mut history: Vec<Vec<usize>> = Vec::new();
    for d in 0..=most {
        history.push(furthest.clone());
        for k in (0..=2 * d).step_by(2).map(|step| most + step).filter_map(|k| k.checked_sub(d)) {
            let down = k == most - d || (k != most + d && furthest[k - 1] < furthest[k + 1]);
            let mut x = if down { furthest[k + 1] } else { furthest[k - 1] + 1 };
            let Some(mut y) = (x + most).checked_sub(k) else { continue };
            while x < a.len() && y < b.len() && a[x] == b[y] {
                x += 1;
                y += 1;
            }
            furthest[k] = x;
            if x >= a.len() && y >= b.len() {
                return Some(back(&history, a.len(), b.len(), d, most));
            }
        }
    }
    None
}

/// Walks back along the furthest points.
fn back(history: &[Vec<usize>], mut x: usize, mut y: usize, steps: usize, most: usize) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for d in (1..=steps).rev() {
        let furthest = &history[d];
        let k = x + most - y;
        let down = k == most - d || (k != most + d && furthest[k - 1] < furthest[k + 1]);
        let before = if down { k + 1 } else { k - 1 };
        let from = furthest[before];
        let from_y = from + most - before;
        while x > from && y > from_y {
            x -= 1;
            y -= 1;
            pairs.push((x, y));
        }
        (x, y) = (from, from_y);
    }
    while x > 0 && y > 0 {
        x -= 1;
        y -= 1;
        pairs.push((x, y));
    }
    pairs.reverse();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(before: &str, after: &str) -> String {
        let mut out = Vec::new();
        unified("a.tf", before, after, &str::to_owned, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn lines(count: usize) -> String {
        (1..=count).map(|line| format!("{line}\n")).collect::<Vec<_>>().concat()
    }

    #[test]
    fn a_change_is_shown_with_its_context() {
        let before = lines(12);
        let after = before.replace("6\n", "six\nsix and a half\n");
        assert_eq!(
            diff(&before, &after),
            "--- a/a.tf\n+++ b/a.tf\n@@ -3,7 +3,8 @@\n 3\n 4\n 5\n-6\n+six\n+six and a half\n 7\n 8\n 9\n"
        );
        assert_eq!(diff(&before, &before), "");
    }

    #[test]
    fn changes_that_are_far_apart_are_hunks_of_their_own() {
        let before = lines(30);
        let after = before.replacen("2\n", "", 1).replace("28\n", "28\nmore\n");
        let text = diff(&before, &after);
        assert_eq!(text.matches("@@ -").count(), 2, "{text}");
        assert!(text.contains("@@ -1,5 +1,4 @@\n 1\n-2\n 3\n"), "{text}");
        assert!(text.contains("@@ -26,5 +25,6 @@\n 26\n 27\n 28\n+more\n 29\n 30\n"), "{text}");
    }

    #[test]
    fn a_missing_newline_at_the_end_is_told() {
        assert_eq!(
            diff("a\nb", "a\nc\n"),
            "--- a/a.tf\n+++ b/a.tf\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n"
        );
        assert_eq!(diff("", "a\n"), "--- a/a.tf\n+++ b/a.tf\n@@ -0,0 +1 @@\n+a\n");
    }

    #[test]
    fn any_two_texts_come_out_as_each_other() {
        // The changes turn the one into the other, whatever they are.
        for (before, after) in [("abcabba", "cbabac"), ("", "xyz"), ("xyz", ""), ("aaaa", "aabaa"), ("abcd", "dcba")] {
            let old: Vec<&str> = before.split("").filter(|piece| !piece.is_empty()).collect();
            let new: Vec<&str> = after.split("").filter(|piece| !piece.is_empty()).collect();
            let mut made: Vec<&str> = Vec::new();
            let mut at = 0;
            for change in changes(&old, &new) {
                made.extend(&old[at..change.old.0]);
                made.extend(&new[change.new.0..change.new.1]);
                at = change.old.1;
            }
            made.extend(&old[at..]);
            assert_eq!(made.concat(), after);
        }
    }
}

//! "Did you mean": the known name that is nearest to a misspelt one.

/// The nearest of `known` to `name`, if one is near enough to be meant: at most a third of the letters differ.
/// Among equally near ones the first wins.
pub fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let name: Vec<char> = name.chars().take(MAX_LENGTH).flat_map(char::to_lowercase).collect();
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        let letters: Vec<char> = candidate.chars().take(MAX_LENGTH).flat_map(char::to_lowercase).collect();
        let bound = (name.len().max(letters.len()) / 3).max(1);
        if name.len().abs_diff(letters.len()) > bound {
            continue;
        }
        let distance = distance(&name, &letters);
        if distance <= bound && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// `; did you mean `x`?` or nothing, to be put behind a message.
pub fn did_you_mean<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    nearest(name, known).map(|found| format!("did you mean `{found}`?"))
}

/// Longer names are compared by their beginnings.
const MAX_LENGTH: usize = 80;

/// The number of letters to insert, delete, replace or swap with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut before_last: Vec<usize> = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(width);
        row.push(i + 1);
        for (j, to) in b.iter().enumerate() {
            let mut least = (last[j] + usize::from(from != to)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *from == b[j - 1] && a[i - 1] == *to {
                least = least.min(before_last[j - 1] + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const KNOWN: [&str; 3] = ["point-in-time-recovery-disabled", "deletion-protection-disabled", "redundant-index"];

    #[test]
    fn a_misspelt_name_finds_the_one_that_is_meant() {
        for (written, meant) in [
            ("point-in-time-recovery-disable", KNOWN[0]),
            ("Deletion-Protection-Disabled", KNOWN[1]),
            ("redundnat-index", KNOWN[2]),
        ] {
            assert_eq!(nearest(written, KNOWN), Some(meant));
        }
    }

    #[test]
    fn a_name_that_is_far_from_all_finds_none() {
        assert_eq!(nearest("bucket-is-public", KNOWN), None);
        assert_eq!(nearest("", KNOWN), None);
    }
}

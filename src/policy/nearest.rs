//! The name that was probably meant.

/// The known name that is nearest to a misspelt one: at most a third of its letters away (by insertions, deletions,
/// replacements and swaps of neighbours), letter case aside; the first of equally near ones. Where none is that near,
/// the shortest one that begins with the name or has it as words of its own, or else the one of which the first words
/// are near.
pub fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let mut longer: Option<&str> = None;
    let lower = name.to_lowercase();
    let wanted: Vec<char> = name.chars().take(MAX_LENGTH).flat_map(char::to_lowercase).collect();
    let most = (wanted.len() / 3).clamp(1, 4);
    let mut best: Option<(usize, &str)> = None;
    let mut begun: Option<(usize, &str)> = None;
    for candidate in known {
        if wanted.len() >= LEAST_LETTERS
            && candidate.len() > name.len()
            && longer.is_none_or(|known| candidate.len() < known.len())
            && begins_or_holds(&candidate.to_lowercase(), &lower)
        {
            longer = Some(candidate);
        }
        let other: Vec<char> = candidate.chars().take(MAX_LENGTH).flat_map(char::to_lowercase).collect();
        if wanted.len() >= LEAST_BEGINNING && other.len() > wanted.len() {
            let ends = |at: &usize| other.get(*at).is_some_and(|letter| !letter.is_alphanumeric());
            for end in (wanted.len().saturating_sub(most)..=wanted.len() + most).filter(ends) {
                let distance = distance(&wanted, other.get(..end).unwrap_or_default());
                if distance <= most && begun.is_none_or(|(least, _)| distance < least) {
                    begun = Some((distance, candidate));
                }
            }
        }
        if other.len().abs_diff(wanted.len()) > most {
            continue;
        }
        let distance = distance(&wanted, &other);
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, name)| name).or(longer).or(begun.map(|(_, name)| name))
}

/// A part of a name has to be at least so long to say which name is meant.
const LEAST_LETTERS: usize = 4;

/// And so long, if it is misspelt.
const LEAST_BEGINNING: usize = 9;

fn begins_or_holds(name: &str, part: &str) -> bool {
    let ends_word = |at: usize| !name.get(at..).is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
    let begins_word = |at: usize| !name.get(..at).is_some_and(|before| before.ends_with(char::is_alphanumeric));
    name.starts_with(part) || name.match_indices(part).any(|(at, _)| begins_word(at) && ends_word(at + part.len()))
}

/// Names beyond this length are compared by their beginning.
const MAX_LENGTH: usize = 80;

/// Optimal string alignment distance.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i - 1] == *y && *x == b[j - 1] {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_finds_the_one_that_was_meant() {
        let known = ["deletion_protection", "billing_mode", "stream"];
        assert_eq!(nearest("deletion_protecton", known), Some("deletion_protection"));
        assert_eq!(nearest("biling_mdoe", known), Some("billing_mode"));
        assert_eq!(nearest("Stream", known), Some("stream"));
        assert_eq!(nearest("encryption", known), None);
        assert_eq!(nearest("deletion", known), Some("deletion_protection"));
        assert_eq!(nearest("mode", ["models_of", "billing-mode-of-all"]), Some("models_of"));
        assert_eq!(nearest("mode", ["remodels", "billing-mode-of-all"]), Some("billing-mode-of-all"));
        assert_eq!(nearest("bil", known), None);
        let long = ["table-untagged", "point-in-time-recovery-disabled"];
        assert_eq!(nearest("point-in-time-recovry", long), Some("point-in-time-recovery-disabled"));
        assert_eq!(nearest("point-of-no-return", long), None);
    }
}

//! "Did you mean": the known name that is nearest to a misspelt one, as a sentence.

use crate::policy::nearest::nearest;

/// ``did you mean `x`?``, if one is near enough to be meant.
pub fn did_you_mean<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    nearest(name, known).map(|found| format!("did you mean `{found}`?"))
}

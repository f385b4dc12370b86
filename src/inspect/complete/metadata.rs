//! The names of policies in `Metadata.dynalens.ignore` of a resource, in YAML and JSON.

use super::{Completion, Place, names};

/// How far back the mark of the metadata is looked for, in bytes.
const WINDOW: usize = 2_000;

/// What could be written behind `policy:` in a resource's metadata.
pub(super) fn complete(place: &Place<'_>) -> Option<Completion> {
    let before = place.before();
    let line = before.get(before.rfind('\n').map_or(0, |at| at + 1)..)?;
    // `policy` may stand anywhere in the line, quoted or not.
    let at = line.rfind("policy")?;
    let rest = line.get(at + "policy".len()..)?;
    let rest = rest.trim_start_matches(['"', '\'']).trim_start().strip_prefix(':')?;
    let value = rest.trim_start();
    let word = value.trim_start_matches(['"', '\'']);
    if value.len() - word.len() > 1 || word.contains(['"', '\'', ',', '}', '{', ' ', '#']) {
        return None;
    }
    let mut from = before.len().saturating_sub(WINDOW);
    while !before.is_char_boundary(from) {
        from += 1;
    }
    let around = before.get(from..)?;
    let ours = around.rfind("dynalens")?;
    around.get(ours..)?.contains("ignore").then(|| {
        let items = names::policies(place.pack, place.found, &[], word);
        place.over(place.offset - word.len(), items, true)
    })
}

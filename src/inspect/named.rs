//! What a policy means whose name stands in a suppression or in the configuration.

use std::path::Path;

use super::Seen;
use super::complete::explained;

/// The policy's meaning in Markdown, and where its name stands.
pub(super) fn at(seen: &Seen<'_>, path: &Path, offset: u32) -> Option<(String, (u32, u32))> {
    let file = seen.sources.find(path).or_else(|| seen.projects.iter().find_map(|known| known.sources.find(path)))?;
    let text = file.text();
    let (before, after) = text.split_at_checked(offset as usize)?;
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let rest = after.find('\n').map_or(text.len(), |at| before.len() + at);
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let configured = matches!(name.trim_start_matches('.'), "dynalens.yml" | "dynalens.yaml");
    if !configured && !text.get(line..rest)?.contains("dynalens") {
        return None;
    }
    let word = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let start =
        before.rfind(|letter| !word(letter)).map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let end = before.len() + after.find(|letter| !word(letter)).unwrap_or(after.len());
    let written = text.get(start..end)?;
    let found = seen.pack.find(written);
    let told: Vec<String> = found.iter().take(3).map(|page| explained(page)).collect();
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    (!told.is_empty()).then(|| (told.join("\n\n---\n\n"), (number(start), number(end))))
}

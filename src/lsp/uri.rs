//! URIs to paths and back.
//!
//! `file:` URIs come percent-encoded in many spellings (`file:///c%3A/x`, `file:///C:/x`); a document that nobody has
//! saved yet has another scheme and gets a path that no file has.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::source::FileKind;

/// The path of a `file:` URI; nothing for other schemes and for what is no URI.
#[must_use]
pub fn to_path(uri: &str) -> Option<PathBuf> {
    to_path_on(uri, cfg!(windows))
}

fn to_path_on(uri: &str, windows: bool) -> Option<PathBuf> {
    let (scheme, rest) = uri.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("file") {
        return None;
    }
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    let (host, path) = match rest.strip_prefix("//") {
        None => ("", rest),
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
    };
    let path = decode(path)?;
    if !windows {
        let local = host.is_empty() || host.eq_ignore_ascii_case("localhost");
        return (local && path.starts_with('/')).then(|| PathBuf::from(path));
    }
    if !host.is_empty() && !host.eq_ignore_ascii_case("localhost") {
        return Some(PathBuf::from(format!(r"\\{host}{}", path.replace('/', r"\"))));
    }
    // `/c:/x`: the same drive whatever its letter's case.
    let path = path.strip_prefix('/').unwrap_or(&path);
    let mut letters = path.chars();
    let drive = letters.next().filter(char::is_ascii_alphabetic)?;
    let rest = letters.as_str().strip_prefix(':')?;
    Some(PathBuf::from(format!("{}:{}", drive.to_ascii_uppercase(), rest.replace('/', r"\"))))
}

/// The URI of a path.
#[must_use]
pub fn of_path(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() };
    let mut uri = String::from(if text.starts_with("//") { "file:" } else { "file://" });
    if !text.starts_with('/') {
        uri.push('/');
    }
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// A path for a document that lies in no file, below a directory: its name, with the ending of its language where the
/// name has none that says something.
#[must_use]
pub fn unsaved(uri: &str, language: &str, below: &Path) -> PathBuf {
    let plain = |text: &str| -> String {
        let letter = |letter: char| if letter.is_alphanumeric() || "-_.".contains(letter) { letter } else { '-' };
        text.chars().map(letter).collect::<String>().trim_matches(['-', '.']).to_owned()
    };
    let name = uri.split_once(':').map_or(uri, |(_, name)| name);
    let address = name.split(['?', '#']).next().unwrap_or(name);
    let mut file = plain(address.rsplit('/').next().unwrap_or(address));
    if file.is_empty() {
        file.push_str("unsaved");
    }
    let ending = match language {
        _ if FileKind::of_name(Path::new(&file)).is_some() => "",
        "terraform" | "opentofu" => ".tf",
        "terraform-vars" => ".tfvars",
        "hcl" => ".hcl",
        "json" | "jsonc" => ".json",
        "markdown" if Path::new(&file).extension().is_some_and(|end| end.eq_ignore_ascii_case("md")) => "",
        "markdown" => ".md",
        _ => ".yaml",
    };
    // A name of its own directory: what is unsaved belongs to no module.
    below.join(format!("<{}>", plain(name))).join(format!("{file}{ending}"))
}

/// Percent-encoded bytes to text; nothing where they are no UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = match after {
            [high, low, ..] if *first == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match digits {
            Some((high, low)) => {
                bytes.push(high << 4 | low);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unix(uri: &str) -> Option<String> {
        to_path_on(uri, false).map(|path| path.to_string_lossy().into_owned())
    }

    fn windows(uri: &str) -> Option<String> {
        to_path_on(uri, true).map(|path| path.to_string_lossy().into_owned())
    }

    #[test]
    fn paths_come_out_of_every_spelling() {
        assert_eq!(unix("file:///a/b%20c/%C3%A9.yaml").as_deref(), Some("/a/b c/é.yaml"));
        assert_eq!(unix("file://localhost/a").as_deref(), Some("/a"));
        assert_eq!(unix("file:/a/100%").as_deref(), Some("/a/100%"));
        assert_eq!(windows("file:///c%3A/x/y.tf").as_deref(), Some(r"C:\x\y.tf"));
        assert_eq!(windows("file:///C:/x").as_deref(), Some(r"C:\x"));
        assert_eq!(windows("file://server/share/x").as_deref(), Some(r"\\server\share\x"));
    }

    #[test]
    fn what_is_no_file_has_no_path() {
        for uri in ["untitled:Untitled-1", "", ":", "file:", "x", "file://server/x", "file:///%ff", "file:///a%00b"] {
            assert_eq!(unix(uri), None, "{uri}");
        }
        assert_eq!(windows("file:///x"), None);
    }

    #[test]
    fn paths_and_uris_are_each_others_reverse() {
        for path in ["/a/b c/é🦀.yaml", "/100%/#?.tf", "/"] {
            assert_eq!(unix(&of_path(Path::new(path))).as_deref(), Some(path));
        }
    }

    #[test]
    fn unsaved_documents_get_a_name_by_their_language() {
        let path = |uri, language| unsaved(uri, language, Path::new("/w")).to_string_lossy().into_owned();
        assert_eq!(path("untitled:Untitled-1", "terraform"), "/w/<Untitled-1>/Untitled-1.tf");
        assert_eq!(path("untitled:/x/a.yaml", "yaml"), "/w/<x-a.yaml>/a.yaml");
        assert_eq!(path("git:../../etc", ""), "/w/<etc>/etc.yaml");
        assert_eq!(path("vscode-vfs://github/x/main.tf?ref=1", "plaintext"), "/w/<github-x-main.tf-ref-1>/main.tf");
        assert_eq!(path("buffer://", "yaml"), "/w/<>/unsaved.yaml");
    }
}

//! Where reports go: standard output that may be closed early, and files.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

use super::args::Color;
use crate::report::escape::one_line;
use crate::report::human::Look;

/// Writes to standard output through a buffer. Whoever closed the other end (`head`, a pager) has seen enough: that is
/// no error.
///
/// # Errors
/// All other errors of the stream.
pub fn to_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let result = write(&mut out).and_then(|()| out.flush());
    if result.is_err() {
        // What is left in the buffer can't be written either.
        let _ = out.into_parts();
    }
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Writes a file in one piece: it is there whole, or as it was.
///
/// # Errors
/// Those of the system.
pub fn to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut text = Vec::new();
    write(&mut text)?;
    // A pipe or a device is written as it is.
    if std::fs::metadata(path).is_ok_and(|known| !known.is_file()) {
        return std::fs::write(path, text);
    }
    // What a link leads to is written, and the link stays.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = target.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let written = std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, &target));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// A line on standard error.
pub fn complain(message: &str) {
    let _ = writeln!(io::stderr().lock(), "dynalens: {}", one_line(message));
}

/// Colours and width for standard output.
#[must_use]
pub fn look(color: Color) -> Look {
    let terminal = io::stdout().is_terminal();
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let color = match color {
        Color::Auto => terminal && !no_color && !dumb,
        Color::Always => true,
        Color::Never => false,
    };
    let links = terminal && !dumb && follows_links(&|name| std::env::var(name).ok());
    Look { color, width: width(terminal), links, suppressed: false }
}

/// Whether a terminal is known to open links (OSC 8); others may show the codes. `FORCE_HYPERLINK` decides where it is
/// set. `get` gives a variable of the environment.
fn follows_links(get: &dyn Fn(&str) -> Option<String>) -> bool {
    if let Some(forced) = get("FORCE_HYPERLINK") {
        return !matches!(forced.as_str(), "" | "0" | "false");
    }
    let number = |name: &str| get(name).and_then(|value| value.parse::<u64>().ok()).unwrap_or_default();
    let term = get("TERM").unwrap_or_default();
    let program = get("TERM_PROGRAM").unwrap_or_default();
    // Multiplexers pass links on in some versions only.
    if get("TMUX").is_some() || term.starts_with("screen") || get("CI").is_some() {
        return false;
    }
    matches!(program.as_str(), "iTerm.app" | "WezTerm" | "vscode" | "Hyper" | "ghostty" | "rio" | "zed")
        || ["xterm-kitty", "alacritty", "foot", "wezterm", "xterm-ghostty"].iter().any(|known| term.starts_with(known))
        || ["WT_SESSION", "KITTY_WINDOW_ID", "DOMTERM"].iter().any(|name| get(name).is_some())
        || number("VTE_VERSION") >= 5000
        || number("KONSOLE_VERSION") >= 201_200
}

/// The terminal's width within reason; 80 where there is none.
fn width(terminal: bool) -> usize {
    const DEFAULT: usize = 80;
    if !terminal {
        return DEFAULT;
    }
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let columns = columns.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)));
    columns.unwrap_or(DEFAULT).clamp(40, 160)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_for_terminals_that_are_known_to_open_them() {
        let links = |variables: &[(&str, &str)]| {
            follows_links(&|name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(
            links(&[("TERM_PROGRAM", "iTerm.app")])
                && links(&[("VTE_VERSION", "6003")])
                && links(&[("TERM", "xterm-kitty")])
        );
        assert!(links(&[("FORCE_HYPERLINK", "1"), ("TMUX", "x")]));
        assert!(!links(&[]) && !links(&[("TERM", "xterm-256color")]) && !links(&[("VTE_VERSION", "4205")]));
        assert!(
            !links(&[("TERM_PROGRAM", "vscode"), ("CI", "true")])
                && !links(&[("FORCE_HYPERLINK", "0"), ("WT_SESSION", "x")])
        );
    }
}

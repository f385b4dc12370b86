//! Where reports go: standard output that may be closed early, and files.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

use super::args::Color;
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
    std::fs::write(path, text)
}

/// A line on standard error.
pub fn complain(message: &str) {
    let _ = writeln!(io::stderr().lock(), "dynalens: {message}");
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
    Look { color, width: width(terminal) }
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

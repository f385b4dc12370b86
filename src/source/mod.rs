//! Files: finding them, reading them through one trait, and naming places in them.
//!
//! Takes paths, gives texts with ids, byte spans and lines. Everything above the disk reads through
//! [`FileSystem`], so that an editor's unsaved buffers, a test's in-memory project and the disk are the same.

mod file;
mod file_system;
mod line_index;
mod span;

pub use file::{SourceFile, Sources};
pub use file_system::{Disk, Entry, FileSystem, Nothing, Overlay, lexical};
pub use line_index::{LineIndex, Position};
pub use span::{FileId, Span};

//! Files: finding them, reading them through one trait, and naming places in them.
//!
//! Takes paths, gives texts with ids, byte spans and lines. Everything above the disk reads through
//! [`FileSystem`], so that an editor's unsaved buffers, a test's in-memory project and the disk are the same.

mod discover;
mod file;
mod file_system;
pub mod git;
mod kind;
mod line_index;
mod load;
mod relevance;
mod rooted;
mod span;

pub use discover::{DiscoverOptions, Found, FoundFile, SKIPPED, discover};
pub use file::{SourceFile, Sources};
pub use file_system::{Disk, Entry, FileSystem, Nothing, Overlay, lexical};
pub use kind::FileKind;
pub use line_index::{LineIndex, Position};
pub use load::{LoadError, Reason, SIZE_LIMIT, decode};
pub use relevance::{Marker, Relevance};
pub use rooted::Rooted;
pub use span::{FileId, Span};

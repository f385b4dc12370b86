//! Trees of templates that more than one part of a session asks for, each parsed once.

use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::source::{FileId, SourceFile};
use crate::syntax::{self, tree::Tree};

/// The trees of one look at the code.
#[derive(Default)]
pub struct Parsed(Mutex<FxHashMap<FileId, Arc<Tree>>>);

impl Parsed {
    /// The tree of a file, parsed where nobody has asked for it before.
    pub fn tree(&self, file: Arc<SourceFile>) -> Arc<Tree> {
        if let Some(known) = self.get(file.id) {
            return known;
        }
        let id = file.id;
        // Nobody else waits while it is parsed.
        let tree = Arc::new(syntax::parse_data(file));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&tree));
        tree
    }

    /// The tree of a file that somebody has asked for.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<Arc<Tree>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Lets go of all trees: ids may mean other files from now on.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

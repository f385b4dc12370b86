//! Trees of templates that more than one part of a session asks for, each parsed once.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;

use crate::source::{FileId, SourceFile};
use crate::syntax::{self, tree::Tree, yaml};

/// The trees of one look at the code.
#[derive(Default)]
pub struct Parsed {
    trees: Mutex<FxHashMap<FileId, Arc<Tree>>>,
    /// The pieces of open documents, which are read again after each edit.
    pieces: Mutex<FxHashMap<PathBuf, yaml::Kept>>,
}

impl Parsed {
    /// Says which documents are open.
    pub fn open(&self, open: &BTreeSet<PathBuf>) {
        let mut pieces = locked(&self.pieces);
        pieces.retain(|path, _| open.contains(path));
        for path in open {
            if !pieces.contains_key(path) {
                pieces.insert(path.clone(), yaml::Kept::default());
            }
        }
    }

    /// The tree of a file, parsed where nobody has asked for it before.
    pub fn tree(&self, file: Arc<SourceFile>) -> Arc<Tree> {
        if let Some(known) = self.get(file.id) {
            return known;
        }
        let (id, path) = (file.id, file.path.clone());
        // Nobody else waits while it is parsed.
        let kept = locked(&self.pieces).get_mut(&path).map(std::mem::take);
        let tree = match kept {
            Some(mut kept) => {
                let tree = syntax::parse_data_again(file, &mut kept);
                locked(&self.pieces).entry(path).and_modify(|place| *place = kept);
                tree
            }
            None => syntax::parse_data(file),
        };
        let tree = Arc::new(tree);
        locked(&self.trees).insert(id, Arc::clone(&tree));
        tree
    }

    /// The tree of a file that somebody has asked for.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<Arc<Tree>> {
        locked(&self.trees).get(&id).cloned()
    }

    /// Lets go of all trees: ids may mean other files from now on.
    pub fn clear(&self) {
        locked(&self.trees).clear();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

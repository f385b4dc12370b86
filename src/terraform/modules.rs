//! Reading the files of module directories, each once for a whole run.

use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use rustc_hash::FxHashMap;

use crate::resource::Problem;
use crate::source::{FileSystem, Sources, lexical};
use crate::syntax::hcl;

use super::module::Module;

/// The modules of a run, shared by all root modules and threads: a module that many roots call is read once.
pub struct Modules<'a> {
    pub fs: &'a dyn FileSystem,
    pub sources: &'a Sources,
    known: RwLock<FxHashMap<PathBuf, Arc<Module>>>,
    /// Files of other kinds that many root modules lead to.
    documents: RwLock<FxHashMap<PathBuf, Arc<hcl::Document>>>,
    /// Directories that calls lead to.
    real: RwLock<FxHashMap<PathBuf, Option<PathBuf>>>,
}

impl<'a> Modules<'a> {
    #[must_use]
    pub fn new(fs: &'a dyn FileSystem, sources: &'a Sources) -> Self {
        Self { fs, sources, known: RwLock::default(), documents: RwLock::default(), real: RwLock::default() }
    }

    /// The module of a directory. A directory without Terraform files is an empty module.
    pub fn get(&self, dir: &Path) -> Arc<Module> {
        let dir = lexical(dir);
        let known = |modules: &Self| {
            let known = modules.known.read().unwrap_or_else(std::sync::PoisonError::into_inner);
            known.get(&dir).map(Arc::clone)
        };
        if let Some(module) = known(self) {
            return module;
        }
        // Two threads may read the same module at once; the first one to be done is kept.
        let module = Arc::new(self.read(&dir));
        let mut known = self.known.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(known.entry(dir).or_insert(module))
    }

    /// Lets go of a module that is not needed any more; it would be read again.
    pub fn forget(&self, dir: &Path) {
        self.known.write().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&lexical(dir));
    }

    /// The directory with links resolved, asked of the disk once; nothing where there is none.
    pub(super) fn real(&self, dir: &Path) -> Option<PathBuf> {
        if let Some(known) = self.real.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(dir) {
            return known.clone();
        }
        let path = dir_path(dir);
        let real = if self.fs.is_dir(path) { self.fs.canonical(path).ok() } else { None };
        self.real.write().unwrap_or_else(std::sync::PoisonError::into_inner).insert(dir.to_owned(), real.clone());
        real
    }

    /// A parsed file, kept for the whole run.
    ///
    /// # Errors
    /// A problem that names the file where it can't be read or is no text.
    pub(super) fn document(&self, path: &Path) -> Result<Arc<hcl::Document>, Problem> {
        let path = lexical(path);
        if let Some(known) = self.documents.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(&path) {
            return Ok(Arc::clone(known));
        }
        let document = Arc::new(self.read_document(&path)?);
        let mut known = self.documents.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok(Arc::clone(known.entry(path).or_insert(document)))
    }

    /// # Errors
    /// A problem that names the file where it can't be read or is no text.
    pub(super) fn read_document(&self, path: &Path) -> Result<hcl::Document, Problem> {
        read_document(self.fs, self.sources, path)
    }

    fn read(&self, dir: &Path) -> Module {
        let mut module = Module::at(dir);
        let mut overrides = Vec::new();
        for name in configuration_files(self.fs, dir) {
            let path = dir.join(&name);
            let document = match read_document(self.fs, self.sources, &path) {
                Ok(document) => document,
                Err(problem) => {
                    module.problems.push(problem);
                    continue;
                }
            };
            if is_override(&name) {
                overrides.push(document);
            } else {
                module.add(document, false);
            }
        }
        for document in overrides {
            module.add(document, true);
        }
        module
    }
}

/// The names of the files that make up the module of a directory, sorted: `.tf`, `.tofu` and their JSON forms. A
/// `.tofu` file takes the place of the `.tf` file of the same name.
#[must_use]
pub fn configuration_files(fs: &dyn FileSystem, dir: &Path) -> Vec<String> {
    let names: Vec<String> = fs
        .list(dir_path(dir))
        .into_iter()
        .filter(|entry| !entry.is_dir && !entry.name.starts_with(['.', '#']) && !entry.name.ends_with('~'))
        .map(|entry| entry.name)
        .filter(|name| stem(name).is_some())
        .collect();
    let shadowed = |name: &String| {
        let opentofu = match (name.strip_suffix(".tf"), name.strip_suffix(".tf.json")) {
            (Some(stem), _) => format!("{stem}.tofu"),
            (_, Some(stem)) => format!("{stem}.tofu.json"),
            _ => return false,
        };
        names.contains(&opentofu)
    };
    names.iter().filter(|name| !shadowed(name)).cloned().collect()
}

/// The name of a configuration file without its extension; nothing for other files.
#[must_use]
pub fn stem(name: &str) -> Option<&str> {
    [".tf.json", ".tofu.json", ".tf", ".tofu"].iter().find_map(|extension| name.strip_suffix(extension))
}

/// A directory as the file system wants it: the empty path is the working directory.
#[must_use]
pub(super) fn dir_path(dir: &Path) -> &Path {
    if dir.as_os_str().is_empty() { Path::new(".") } else { dir }
}

/// Whether a configuration file is merged into the others.
pub(super) fn is_override(name: &str) -> bool {
    stem(name).is_some_and(|stem| stem == "override" || stem.ends_with("_override"))
}

/// Reads and parses one file in either syntax.
///
/// # Errors
/// A problem that names the file where it can't be read or is no text.
pub(super) fn read_document(fs: &dyn FileSystem, sources: &Sources, path: &Path) -> Result<hcl::Document, Problem> {
    let file = match sources.find(path) {
        Some(file) => file,
        None => {
            let bytes =
                fs.read(path).map_err(|error| Problem::unreadable(path, format!("it can't be read: {error}")))?;
            let text = String::from_utf8(bytes)
                .map_err(|_| Problem::unreadable(path, "it is not UTF-8; save it with that encoding"))?;
            sources.add(path, text)
        }
    };
    Ok(if path.extension().is_some_and(|extension| extension == "json") {
        hcl::parse_json(file)
    } else {
        hcl::parse(file)
    })
}

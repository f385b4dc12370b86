//! Running the examples of a user's own policies.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::examples::{analyse, check};
use super::policies::{add_folder, pages};
use super::prepare::{Prepared, prepare};
use super::request::{Request, UsageError};
use crate::policy::page::{Page, examples};
use crate::policy::{Pack, Policy};
use crate::resource::Problem;
use crate::source::{FileSystem, Sources};

/// What came out of the pages of some folders.
#[derive(Debug, Default)]
pub struct Tested {
    pub sources: Arc<Sources>,
    /// What is wrong with pages: those are not run.
    pub problems: Vec<Problem>,
    /// The pages that were run, in the order of their names.
    pub pages: Vec<TestedPage>,
}

/// What came out of one page.
#[derive(Debug)]
pub struct TestedPage {
    pub name: String,
    pub path: PathBuf,
    pub examples: usize,
    pub wrong: Vec<WrongExample>,
}

/// An example that does not come out as its heading and marks say.
#[derive(Debug)]
pub struct WrongExample {
    /// The line of the page where the example begins, from 1.
    pub line: usize,
    /// The heading above it.
    pub title: String,
    /// The language of the example.
    pub language: &'static str,
    /// What is not as the page says.
    pub faults: Vec<String>,
}

/// The folders of pages that the nearest configuration names; none where there is no configuration.
///
/// # Errors
/// A configuration that can't be read.
pub fn configured_folders(request: &Request, fs: &dyn FileSystem) -> Result<Vec<PathBuf>, UsageError> {
    let Prepared { here, config, .. } = prepare(request, fs, fs, &Sources::new())?;
    Ok(config.policy_folders.iter().map(|(folder, _)| here.shown(folder)).collect())
}

/// Runs the examples of all pages in some folders, beside the built-in policies that they may give way to.
///
/// # Errors
/// A folder that is not there.
pub fn test_pages(folders: &[PathBuf], fs: &dyn FileSystem) -> Result<Tested, UsageError> {
    let mut tested = Tested::default();
    let mut pack = Pack::built_in();
    let mut paths = Vec::new();
    for folder in folders {
        if !fs.is_dir(folder) {
            let help = "name a directory that holds policies; `dynalens policies new NAME` writes one".to_owned();
            return Err(UsageError::new(format!("there is no directory `{}`", folder.display()), Some(help)));
        }
        pages(fs, folder, 0, &mut paths);
        tested.problems.extend(add_folder(&mut pack, folder, fs, &tested.sources));
    }
    for policy in pack.iter() {
        let Policy::Own(page) = policy else { continue };
        let path = paths.iter().find(|path| is_of(path, &page.name));
        tested.pages.push(run(page, path.cloned().unwrap_or_default(), &pack));
    }
    Ok(tested)
}

fn is_of(path: &Path, name: &str) -> bool {
    path.file_stem().is_some_and(|stem| stem.to_string_lossy() == name)
}

fn run(page: &Page, path: PathBuf, pack: &Pack) -> TestedPage {
    let list = examples(&page.text, &mut Vec::new());
    let mut wrong = Vec::new();
    for example in &list {
        let faults = check(example, &analyse(example, page, pack));
        if !faults.is_empty() {
            let line = page.text.get(..example.start).map_or(1, |before| before.matches('\n').count() + 1);
            let language = example.dialect.name();
            wrong.push(WrongExample { line, title: example.title.clone(), language, faults });
        }
    }
    TestedPage { name: page.name.to_string(), path, examples: list.len(), wrong }
}

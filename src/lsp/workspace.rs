//! What is open and where it belongs: documents, folders, and a session for each folder and configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use gen_lsp_types::{TextDocumentContentChangeEvent, Uri};

use super::documents::{Document, Documents};
use super::position::Encoding;
use super::settings::Settings;
use super::uri;
use crate::analysis::session::{Change, Pace, Scope, Session};
use crate::analysis::{Request, UsageError};
use crate::config;
use crate::finding::triage::Date;
use crate::source::{Disk, FileKind, FileSystem, Overlay, Rooted, lexical};

/// What is analysed together: a folder, by one configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Area {
    pub root: PathBuf,
    pub config: Option<PathBuf>,
}

/// How a file on the disk looked when it was read.
type Stamp = Option<(SystemTime, u64)>;

/// Everything that is looked at.
#[derive(Default)]
pub struct Workspace {
    pub documents: Documents,
    /// The buffers of the open documents over the disk.
    files: Buffers,
    folders: Vec<PathBuf>,
    pub settings: Settings,
    /// Everything is judged because somebody has asked for it.
    pub whole: bool,
    sessions: BTreeMap<Area, Session>,
    stamps: BTreeMap<PathBuf, Stamp>,
}

/// The disk with texts over it.
struct Buffers(Overlay<Disk>);

impl Default for Buffers {
    fn default() -> Self {
        Self(Overlay::over(Disk))
    }
}

impl Workspace {
    pub fn set_folders(&mut self, folders: impl IntoIterator<Item = PathBuf>) {
        self.folders = folders.into_iter().map(|folder| lexical(&folder)).collect();
    }

    /// Takes folders in and out.
    pub fn change_folders(&mut self, added: Vec<PathBuf>, removed: &[PathBuf]) {
        self.folders.retain(|folder| !removed.contains(folder));
        for folder in added {
            if !self.folders.contains(&folder) {
                self.folders.push(folder);
            }
        }
    }

    /// Takes settings over; whether everything has to be looked at again.
    pub fn set(&mut self, settings: Settings) -> bool {
        let same = self.settings.asks_the_same(&settings);
        self.settings = settings;
        if !same {
            self.sessions.clear();
        }
        !same
    }

    /// Lets go of what nobody needs any more.
    pub fn rest(&mut self) {
        self.sessions.iter_mut().for_each(|(_, session)| session.rest());
    }

    /// The sessions with their folders.
    pub fn sessions(&self) -> impl Iterator<Item = (&Path, &Session)> {
        self.sessions.iter().map(|(area, session)| (area.root.as_path(), session))
    }

    /// Does something with each session that a path is of, and its file system.
    pub fn each(&mut self, path: &Path, mut work: impl FnMut(&Path, &mut Session, &dyn FileSystem, &Path)) {
        for (area, session) in &mut self.sessions {
            let inside = session.shown(path);
            if inside.starts_with("..") {
                continue;
            }
            work(&area.root, session, &Rooted::new(area.root.clone(), &self.files.0), &inside);
        }
    }

    /// A file system that shows the open documents as they are.
    pub fn files(&self) -> &dyn FileSystem {
        &self.files.0
    }

    /// The path of a document; one that lies in no file gets one that no file has.
    fn path_of(&self, uri: &Uri, language: &str) -> PathBuf {
        let unsaved = || {
            let folder = self.folders.first().cloned().unwrap_or_else(|| PathBuf::from("/"));
            uri::unsaved(&uri.0, language, &folder)
        };
        uri::to_path(&uri.0).map_or_else(unsaved, |path| lexical(&path))
    }

    /// `watched` says that the client tells of files that come and go.
    pub fn open(&mut self, uri: Uri, version: i32, language: &str, text: String, watched: bool) {
        let path = self.path_of(&uri, language);
        self.touch(&path, text.as_bytes());
        // A file that nobody has seen may have come while nobody was told.
        let known = || self.sessions.values().any(|session| session.files().contains(session.shown(&path).as_path()));
        if !watched && !known() {
            self.changed(&path, Change::Existence);
        }
        self.files.0.set(path.clone(), text.as_bytes());
        self.documents.open(path, Document::new(uri, version, text));
    }

    /// Takes edits over; whether the document is open.
    pub fn edit(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) -> bool {
        let Some(path) = self.documents.path(uri).map(Path::to_owned) else { return false };
        let Some(document) = self.documents.get_mut(&path) else { return false };
        document.version = version;
        document.change(changes, encoding);
        self.files.0.set(path.clone(), document.text.as_bytes());
        self.changed(&path, Change::Text);
        true
    }

    pub fn close(&mut self, uri: &Uri) {
        let Some(path) = self.documents.close(uri) else { return };
        let before = self.files.0.read(&path).unwrap_or_default();
        self.files.0.remove(&path);
        self.touch(&path, &before);
    }

    /// Notes what a text means for a file that is otherwise as it lies there.
    fn touch(&mut self, path: &Path, text: &[u8]) {
        match self.files.0.read(path) {
            Ok(there) if there == text => {}
            Ok(_) => self.changed(path, Change::Text),
            Err(_) => self.changed(path, Change::Existence),
        }
    }

    /// Notes that a file on the disk has changed, come or gone. What is open is as the editor has it.
    pub fn changed_on_disk(&mut self, path: &Path, change: Change) {
        if self.documents.get(path).is_some() {
            return;
        }
        if change == Change::Existence {
            // A directory goes with all that was in it.
            let below: BTreeSet<PathBuf> = (self.sessions())
                .flat_map(|(root, session)| session.files().into_iter().map(|file| lexical(&root.join(file))))
                .filter(|file| file != path && file.starts_with(path) && self.documents.get(file).is_none())
                .collect();
            for file in below {
                self.changed(&file, change);
            }
        }
        self.changed(path, change);
    }

    /// Whether the text of a file may bear on anything: what has no name of infrastructure code does where it was read.
    pub fn concerns(&self, path: &Path) -> bool {
        may_matter(path) || self.sessions.values().any(|session| session.files().contains(&*session.shown(path)))
    }

    fn changed(&mut self, path: &Path, change: Change) {
        for session in self.sessions.values_mut() {
            session.changed(path, change);
        }
    }

    /// Looks whether files on the disk are still as they were read, for clients that do not tell.
    pub fn sweep(&mut self) {
        let mut changed: Vec<(PathBuf, Change)> = Vec::new();
        for (path, stamp) in &self.stamps {
            let now = stamp_of(path);
            if now != *stamp {
                let change = if now.is_some() == stamp.is_some() { Change::Text } else { Change::Existence };
                changed.push((path.clone(), change));
            }
        }
        for (path, change) in changed {
            self.stamps.remove(&path);
            self.changed_on_disk(&path, change);
        }
    }

    /// Notes how the files on the disk look that were read.
    fn stamp(&mut self) {
        let read: BTreeSet<PathBuf> = (self.sessions())
            .flat_map(|(root, session)| session.files().into_iter().map(|file| lexical(&root.join(file))))
            .filter(|path| self.documents.get(path).is_none())
            .collect();
        self.stamps.retain(|path, _| read.contains(path));
        for path in read {
            self.stamps.entry(path).or_insert_with_key(|path| stamp_of(path));
        }
    }

    /// Where a file belongs.
    fn area(&self, path: &Path) -> Area {
        let holds = |folder: &&PathBuf| path.starts_with(folder);
        let root = match self.folders.iter().filter(holds).max_by_key(|folder| folder.components().count()) {
            Some(folder) => folder.clone(),
            None => {
                let directory = path.parent().unwrap_or(path);
                let repository = directory.ancestors().find(|above| self.files.0.is_dir(&above.join(".git")));
                repository.unwrap_or(directory).to_owned()
            }
        };
        if let Some(own) = &self.settings.configuration {
            return Area { config: Some(root.join(own)), root };
        }
        // A run over the folder goes by the folder's configuration.
        let from = if self.is_whole() && self.folders.contains(&root) { &root } else { path };
        Area { config: config::find(&self.files.0, from), root }
    }

    fn is_whole(&self) -> bool {
        self.whole || self.settings.workspace
    }

    /// What there is to look at.
    fn scopes(&self) -> BTreeMap<Area, Scope> {
        let mut scopes: BTreeMap<Area, Scope> = BTreeMap::new();
        if self.is_whole() {
            for folder in &self.folders {
                scopes.entry(self.area(folder)).or_default().whole = true;
            }
        }
        for (path, _) in self.documents.iter().filter(|(path, _)| may_matter(path)) {
            let area = self.area(path);
            let inside = path.strip_prefix(&area.root).unwrap_or(path).to_owned();
            scopes.entry(area).or_default().open.insert(inside);
        }
        scopes
    }

    /// Looks at what has changed. Whether that is all, and what could not be done.
    pub fn refresh(&mut self, today: Date, pace: &Pace<'_>, watched: bool) -> (bool, Vec<UsageError>) {
        let scopes = self.scopes();
        self.sessions.retain(|area, _| scopes.contains_key(area));
        let mut failures = Vec::new();
        let mut complete = true;
        for (area, scope) in scopes {
            let fs = Rooted::new(area.root.clone(), &self.files.0);
            let settings = &self.settings;
            let session = self.sessions.entry(area).or_insert_with_key(|area| {
                let mut request = Request::new(today);
                settings.ask(&mut request);
                request.config.clone_from(&area.config);
                Session::new(&area.root, request)
            });
            if !session.is_stale(&scope, today) {
                continue;
            }
            match session.refresh(&fs, &scope, today, pace) {
                Ok(done) => complete &= done,
                Err(error) => failures.push(error),
            }
        }
        if complete && !watched {
            self.stamp();
        }
        (complete, failures)
    }
}

fn stamp_of(path: &Path) -> Stamp {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

/// Whether a document may have to do with infrastructure code, by its name.
fn may_matter(path: &Path) -> bool {
    FileKind::of_name(path).is_some() || path.extension().is_some_and(|end| end == "md" || end == "toml")
}

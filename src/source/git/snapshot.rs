//! A file system over git's objects: the files of a commit, or of the index.
//!
//! What no commit holds is taken from the disk, as it is the same on both sides: installed modules, submodules,
//! variable files that git ignores, and everything outside of the repository.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Mutex, PoisonError};

use super::{GitError, Repository, git, hash, names, run};
use crate::source::file_system::{Disk, Entry, FileSystem, lexical};
use crate::source::load::SIZE_LIMIT;

/// The files of one state of a repository.
pub struct Snapshot {
    root: PathBuf,
    /// The working directory, to which relative paths are relative.
    working: PathBuf,
    files: BTreeMap<PathBuf, Blob>,
    directories: BTreeSet<PathBuf>,
    /// Paths of the repository whose files are those on the disk.
    from_disk: BTreeSet<PathBuf>,
    objects: Mutex<Option<Objects>>,
}

#[derive(Clone, Debug)]
struct Blob {
    object: String,
    is_link: bool,
}

/// Where a path leads.
enum Place {
    /// To a file or directory of the snapshot, from the repository's root.
    Inside(PathBuf),
    Disk,
}

/// Links that lead to links are followed this many times.
const MOST_LINKS: usize = 8;

impl Snapshot {
    /// From `ls-tree -r -z`: `mode type object<TAB>path`.
    pub(super) fn of_tree(repository: &Repository, listing: &[u8]) -> Result<Self, GitError> {
        Self::new(repository, listing, |head| {
            let mut words = head.split(' ');
            let (mode, _, object) = (words.next()?, words.next()?, words.next()?);
            Some((mode.to_owned(), object.trim().to_owned()))
        })
    }

    /// From `ls-files --stage -z`: `mode object stage<TAB>path`. A file in conflict is there as it is on this side.
    pub(super) fn of_index(repository: &Repository, listing: &[u8]) -> Result<Self, GitError> {
        Self::new(repository, listing, |head| {
            let mut words = head.split(' ');
            let (mode, object, stage) = (words.next()?, words.next()?, words.next()?);
            matches!(stage, "0" | "2").then(|| (mode.to_owned(), object.to_owned()))
        })
    }

    fn new(
        repository: &Repository,
        listing: &[u8],
        read: impl Fn(&str) -> Option<(String, String)>,
    ) -> Result<Self, GitError> {
        let working = std::env::current_dir().and_then(std::fs::canonicalize).unwrap_or_default();
        let mut snapshot = Self {
            root: repository.root.clone(),
            working,
            files: BTreeMap::new(),
            directories: BTreeSet::new(),
            from_disk: BTreeSet::new(),
            objects: Mutex::new(None),
        };
        for line in names(listing) {
            let Some((head, path)) = line.split_once('\t') else { continue };
            let Some((mode, object)) = read(head) else { continue };
            let path = PathBuf::from(path);
            if mode == "160000" {
                snapshot.add_directories(&path);
                snapshot.from_disk.insert(path);
            } else if hash(object.as_bytes()).is_some() {
                snapshot.add_directories(&path);
                snapshot.files.insert(path, Blob { object, is_link: mode == "120000" });
            }
        }
        let ignored = [
            "ls-files",
            "--others",
            "--ignored",
            "--exclude-standard",
            "-z",
            "--full-name",
            "--",
            ":/*.tfvars",
            ":/*.tfvars.json",
        ];
        for path in names(&run(&repository.root, ignored)?) {
            if !snapshot.files.contains_key(Path::new(path)) {
                snapshot.add_directories(Path::new(path));
                snapshot.from_disk.insert(PathBuf::from(path));
            }
        }
        Ok(snapshot)
    }

    fn add_directories(&mut self, path: &Path) {
        for above in path.ancestors().skip(1) {
            if !self.directories.insert(above.to_owned()) {
                break;
            }
        }
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        lexical(&self.working.join(path))
    }

    /// Where a path leads, links followed.
    fn place(&self, path: &Path) -> Place {
        let mut absolute = self.absolute(path);
        for _ in 0..=MOST_LINKS {
            let Ok(inside) = absolute.strip_prefix(&self.root) else { return Place::Disk };
            let hidden = |part: Component<'_>| matches!(part.as_os_str().to_str(), Some(".terraform" | ".git"));
            if inside.components().any(hidden) || inside.ancestors().any(|above| self.from_disk.contains(above)) {
                return Place::Disk;
            }
            let link = inside.ancestors().find_map(|above| {
                let blob = self.files.get(above).filter(|blob| blob.is_link)?;
                Some((above.to_owned(), blob.clone()))
            });
            let Some((at, blob)) = link else { return Place::Inside(inside.to_owned()) };
            let mut target = Vec::new();
            if self.object(&blob.object, SIZE_LIMIT, &mut target).is_err() {
                return Place::Inside(inside.to_owned());
            }
            let rest = inside.strip_prefix(&at).unwrap_or(Path::new("")).to_owned();
            let directory = self.root.join(at.parent().unwrap_or(Path::new("")));
            absolute = lexical(&directory.join(String::from_utf8_lossy(&target).as_ref()).join(rest));
        }
        Place::Inside(PathBuf::new())
    }

    /// The bytes of an object.
    fn object(&self, object: &str, limit: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        let open = match objects.take() {
            Some(open) => open,
            None => Objects::open(&self.root)?,
        };
        let open = objects.insert(open);
        let read = open.read(object, limit, buffer);
        // After a failure nobody knows where in the stream one is.
        if matches!(&read, Err(error) if error.kind() != io::ErrorKind::FileTooLarge) {
            *objects = None;
        }
        read
    }
}

impl FileSystem for Snapshot {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.read_into(path, u64::MAX, &mut bytes)?;
        Ok(bytes)
    }

    fn read_into(&self, path: &Path, limit: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
        buffer.clear();
        match self.place(path) {
            Place::Disk => Disk.read_into(path, limit, buffer),
            Place::Inside(inside) => match self.files.get(&inside) {
                Some(blob) => self.object(&blob.object, limit, buffer),
                None if self.directories.contains(&inside) => {
                    Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"))
                }
                None => Err(io::Error::from(io::ErrorKind::NotFound)),
            },
        }
    }

    fn list(&self, path: &Path) -> Vec<Entry> {
        let Place::Inside(inside) = self.place(path) else { return Disk.list(path) };
        let name = |path: &Path| path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
        let child = |path: &&PathBuf| path.parent() == Some(inside.as_path());
        let below = || inside.join("\0");
        // Everything below a directory stands in one run, because paths are ordered part by part.
        let directories = self.directories.range(inside.clone()..).take_while(|path| path.starts_with(&inside));
        let files = self.files.range(below()..).map(|(path, _)| path).take_while(|path| path.starts_with(&inside));
        let links = self.from_disk.range(below()..).take_while(|path| path.starts_with(&inside));
        let mut entries: Vec<Entry> = directories
            .filter(child)
            .filter_map(|path| Some(Entry { name: name(path)?, is_dir: true }))
            .chain(
                files
                    .chain(links)
                    .filter(child)
                    .filter_map(|path| Some(Entry { name: name(path)?, is_dir: self.is_dir(&self.root.join(path)) })),
            )
            .collect();
        // What was installed on the disk is there on both sides.
        if Disk.is_dir(&self.root.join(&inside).join(".terraform")) {
            entries.push(Entry { name: ".terraform".to_owned(), is_dir: true });
        }
        entries.sort();
        entries.dedup_by(|a, b| a.name == b.name);
        entries
    }

    fn is_file(&self, path: &Path) -> bool {
        match self.place(path) {
            Place::Disk => Disk.is_file(path),
            Place::Inside(inside) => self.files.contains_key(&inside),
        }
    }

    fn is_dir(&self, path: &Path) -> bool {
        match self.place(path) {
            Place::Disk => Disk.is_dir(path),
            Place::Inside(inside) => inside.as_os_str().is_empty() || self.directories.contains(&inside),
        }
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        // The working directory is where it is, whatever the snapshot holds.
        let absolute = self.absolute(path);
        if absolute == self.working {
            return Ok(absolute);
        }
        match self.place(path) {
            Place::Disk => Disk.canonical(path),
            Place::Inside(inside) if self.files.contains_key(&inside) || self.is_dir(&absolute) => {
                Ok(self.root.join(inside))
            }
            Place::Inside(_) => Err(io::Error::from(io::ErrorKind::NotFound)),
        }
    }

    fn on_disk(&self, _: &Path) -> Option<PathBuf> {
        None
    }
}

/// `git cat-file --batch`, which hands out one object after the other.
struct Objects {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Objects {
    fn open(root: &Path) -> io::Result<Self> {
        let mut child = git(root)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("git has no streams"));
        };
        Ok(Self { child, input, output: BufReader::new(output) })
    }

    fn read(&mut self, object: &str, limit: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
        buffer.clear();
        writeln!(self.input, "{object}")?;
        self.input.flush()?;
        let mut head = String::new();
        self.output.read_line(&mut head)?;
        // `object type size`; an object that a partial clone has left out is missing.
        let mut words = head.split_whitespace();
        let size = words.nth(2).and_then(|size| size.parse::<u64>().ok());
        let Some(size) = size else {
            return Err(io::Error::other(format!("git does not have the object {object}; fetch it first")));
        };
        let content = (&mut self.output).take(size);
        if size > limit {
            let mut content = content;
            io::copy(&mut content, &mut io::sink())?;
        } else {
            let mut content = content;
            content.read_to_end(buffer)?;
            if buffer.len() as u64 != size {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
            }
        }
        self.output.read_exact(&mut [0])?;
        if size > limit { Err(io::Error::from(io::ErrorKind::FileTooLarge)) } else { Ok(()) }
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // It has nothing to lose, and it may wait for more questions.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! Paths as Terragrunt's functions give them: absolute, and from there back to how files are registered.

use std::path::{Component, Path, PathBuf};

use crate::source::{FileSystem, lexical};

use super::super::modules::dir_path;

/// How many folders a search upwards may look into; Terragrunt's own bound.
const MAX_PARENTS: usize = 100;

/// The working directory and how far what is analysed reaches.
pub(super) struct Paths<'r> {
    fs: &'r dyn FileSystem,
    working: PathBuf,
    /// Absolute, without asking about links.
    boundary: PathBuf,
    /// With links resolved; nothing can be read where it does not exist.
    real: Option<PathBuf>,
}

impl<'r> Paths<'r> {
    pub(super) fn new(fs: &'r dyn FileSystem, boundary: &Path) -> Self {
        let working = fs.canonical(Path::new(".")).or_else(|_| fs.canonical(Path::new(""))).unwrap_or_default();
        // A project in memory has no place on the disk: it lies at the root.
        let working = if working.as_os_str().is_empty() { PathBuf::from("/") } else { working };
        let boundary_shown = dir_path(boundary);
        Self {
            fs,
            boundary: lexical(&working.join(boundary)),
            real: fs.canonical(boundary_shown).or_else(|_| fs.canonical(Path::new(""))).ok(),
            working,
        }
    }

    /// From the root of the disk.
    pub(super) fn absolute(&self, path: &Path) -> PathBuf {
        lexical(&self.working.join(path))
    }

    /// As files are registered: relative to the working directory.
    pub(super) fn shown(&self, path: &Path) -> PathBuf {
        PathBuf::from(relative(&self.working, &self.absolute(path)))
    }

    /// With `/`, as functions give it.
    pub(super) fn text(&self, path: &Path) -> String {
        self.absolute(path).to_string_lossy().replace('\\', "/")
    }

    /// What a path that a file writes leads to, as it is registered.
    pub(super) fn from(&self, dir: &Path, path: &str) -> PathBuf {
        self.shown(&dir.join(path.replace('\\', "/")))
    }

    /// Whether what is analysed reaches as far as there.
    pub(super) fn is_inside(&self, path: &Path) -> bool {
        match (self.fs.canonical(dir_path(path)), &self.real) {
            (Ok(real), Some(boundary)) => real.starts_with(boundary),
            // What is not there lies outside only where its name says so.
            (Err(_), _) => self.absolute(path).starts_with(&self.boundary),
            (Ok(_), None) => false,
        }
    }

    pub(super) fn exists(&self, path: &Path) -> bool {
        self.is_inside(path) && (self.fs.is_file(path) || self.fs.is_dir(dir_path(path)))
    }

    /// The first file or folder of a name in the folders above a directory, as it is registered.
    ///
    /// # Errors
    /// There is none as far as what is analysed reaches.
    pub(super) fn find_above(&self, dir: &Path, names: &[&str]) -> Result<PathBuf, String> {
        let start = self.absolute(dir);
        for above in start.ancestors().skip(1).take(MAX_PARENTS) {
            if !above.starts_with(&self.boundary) {
                break;
            }
            for name in names {
                let found = self.shown(&above.join(name));
                if self.exists(&found) {
                    return Ok(found);
                }
            }
        }
        let name = names.first().copied().unwrap_or_default();
        Err(format!("there is no `{name}` in the folders above `{}`, as far as is analysed", dir.display()))
    }

    /// The repository that a directory lies in. Where nothing says so, it is what is analysed.
    pub(super) fn repository(&self, dir: &Path) -> PathBuf {
        let start = self.absolute(dir);
        let root = start.ancestors().find(|above| {
            let git = self.shown(&above.join(".git"));
            self.fs.is_dir(&git) || self.fs.is_file(&git)
        });
        root.map_or_else(|| self.boundary.clone(), Path::to_owned)
    }

    /// The way from one directory to another; `.` where they are the same.
    pub(super) fn between(&self, from: &Path, to: &Path) -> String {
        let way = relative(&self.absolute(from), &self.absolute(to));
        if way.is_empty() { ".".to_owned() } else { way }
    }
}

/// The way between absolute paths, with `/`; empty where they are the same.
fn relative(from: &Path, to: &Path) -> String {
    let (mut from, mut to) = (from.components().peekable(), to.components().peekable());
    while let (Some(a), Some(b)) = (from.peek(), to.peek())
        && a == b
    {
        from.next();
        to.next();
    }
    let up = from.filter(|part| matches!(part, Component::Normal(_))).map(|_| "..".to_owned());
    let down = to.map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Overlay;

    #[test]
    fn paths_lead_from_the_working_directory_to_absolute_ones_and_back() {
        let mut fs = Overlay::in_memory();
        fs.set("live/root.hcl", "");
        fs.set("live/prod/app/terragrunt.hcl", "");
        let paths = Paths::new(&fs, Path::new(""));
        assert_eq!(paths.text(Path::new("live/prod")), "/live/prod");
        assert_eq!(paths.shown(Path::new("/live/prod/../x")), Path::new("live/x"));
        assert_eq!(paths.between(Path::new("live"), Path::new("live/prod/app")), "prod/app");
        assert_eq!(paths.between(Path::new("live/prod/app"), Path::new("live")), "../..");
        assert_eq!(paths.between(Path::new("live"), Path::new("live")), ".");
        assert_eq!(paths.find_above(Path::new("live/prod/app"), &["root.hcl"]), Ok(PathBuf::from("live/root.hcl")));
        assert_eq!(paths.find_above(Path::new("live/prod/app"), &["prod"]), Ok(PathBuf::from("live/prod")));
        assert!(paths.find_above(Path::new("live"), &["root.hcl"]).is_err());
    }

    #[test]
    fn a_search_upwards_ends_at_what_is_analysed() {
        let mut fs = Overlay::in_memory();
        fs.set("root.hcl", "");
        fs.set("live/app/terragrunt.hcl", "");
        let paths = Paths::new(&fs, Path::new("live"));
        assert!(paths.find_above(Path::new("live/app"), &["root.hcl"]).is_err());
        assert!(!paths.is_inside(Path::new("root.hcl")));
    }
}

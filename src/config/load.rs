//! A configuration with all that it extends.

use std::path::{Path, PathBuf};

use super::read::read_in;
use super::settings::Config;
use crate::resource::Problem;
use crate::source::{FileSystem, LoadError, Sources, Span};

/// How many files one configuration may be made of.
const MOST_FILES: usize = 32;

/// What came of loading.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    pub config: Config,
    pub problems: Vec<Problem>,
}

/// Where files that a configuration names may lie: in its repository, or below its directory where there is none. A
/// configuration may come from a stranger, and what it leads to is shown in reports.
#[derive(Clone, Debug)]
pub struct Outside {
    boundary: PathBuf,
}

impl Outside {
    /// For a configuration in a directory, given from the root of the disk.
    #[must_use]
    pub fn of(fs: &dyn FileSystem, directory: &Path) -> Self {
        let root = directory.ancestors().find(|above| {
            let git = above.join(".git");
            fs.is_dir(&git) || fs.is_file(&git)
        });
        let boundary = root.unwrap_or(directory);
        Self { boundary: fs.canonical(boundary).unwrap_or_else(|_| boundary.to_owned()) }
    }

    /// Whether a path, given from the root of the disk, leads out, links followed.
    #[must_use]
    pub fn holds(&self, fs: &dyn FileSystem, path: &Path) -> bool {
        let real = fs.canonical(path).unwrap_or_else(|_| path.to_owned());
        !real.starts_with(&self.boundary)
    }
}

/// Reads the configuration file at a path (from the root of the disk) and the files that it extends. Patterns count
/// from `directory`; the files that a file names lie beside it. `shown` makes a path as people see it.
///
/// # Errors
/// A file that can't be read.
pub fn load(
    fs: &dyn FileSystem,
    sources: &Sources,
    path: &Path,
    directory: &Path,
    shown: &dyn Fn(&Path) -> PathBuf,
) -> Result<Loaded, LoadError> {
    let mut loader = Loader {
        fs,
        sources,
        directory,
        shown,
        outside: Outside::of(fs, directory),
        problems: Vec::new(),
        count: 0,
        way: Vec::new(),
    };
    let config = loader.file(path, directory)?;
    Ok(Loaded { config, problems: loader.problems })
}

struct Loader<'a> {
    fs: &'a dyn FileSystem,
    sources: &'a Sources,
    directory: &'a Path,
    shown: &'a dyn Fn(&Path) -> PathBuf,
    outside: Outside,
    problems: Vec<Problem>,
    count: usize,
    /// The files that lead to the present one.
    way: Vec<PathBuf>,
}

impl Loader<'_> {
    fn file(&mut self, path: &Path, beside: &Path) -> Result<Config, LoadError> {
        let file = self.sources.load(self.fs, &(self.shown)(path))?;
        let (config, problems) = read_in(&file, self.directory, beside);
        self.problems.extend(problems);
        self.count += 1;
        self.way.push(path.to_owned());
        let mut base: Option<Config> = None;
        for (extended, span) in config.extends.clone() {
            let Some(found) = self.extended(&extended, span, beside) else { continue };
            base = Some(match base {
                Some(base) => found.over(base),
                None => found,
            });
        }
        self.way.pop();
        Ok(match base {
            Some(base) => config.over(base),
            None => config,
        })
    }

    /// A file that another one extends; what is wrong with it is said where it is named.
    fn extended(&mut self, path: &Path, span: Span, beside: &Path) -> Option<Config> {
        let name = |path: &Path| (self.shown)(path).to_string_lossy().replace('\\', "/");
        let from = |directory: &Path| Some(name(directory)).filter(|name| !name.is_empty()).unwrap_or(".".to_owned());
        let problem = if let Some(at) = self.way.iter().position(|known| known == path) {
            let circle: Vec<String> = self
                .way
                .iter()
                .skip(at)
                .map(PathBuf::as_path)
                .chain([path])
                .map(|path| format!("`{}`", name(path)))
                .collect();
            Problem::error(span, format!("the configuration extends itself: {}", circle.join(" extends ")))
                .with_help("take one of them out")
        } else if self.count >= MOST_FILES {
            Problem::error(span, format!("a configuration is made of more than {MOST_FILES} files"))
                .with_help("extend fewer files")
        } else if !self.fs.is_file(path) {
            Problem::error(span, format!("there is no file `{}`", name(path)))
                .with_help(format!("paths of this file count from `{}`", from(beside)))
        } else if self.outside.holds(self.fs, path) {
            Problem::error(span, format!("`{}` lies outside of the repository", name(path)))
                .with_help("keep what a configuration extends in its repository")
        } else {
            let beside = path.parent().unwrap_or(Path::new("")).to_owned();
            match self.file(path, &beside) {
                Ok(config) => return Some(config),
                Err(error) => Problem::error(span, format!("`{}` can't be read: {}", name(path), error.reason)),
            }
        };
        self.problems.push(problem);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Profile;
    use crate::source::Overlay;

    fn load_from(files: &[(&str, &str)]) -> (Config, Vec<String>) {
        let mut fs = Overlay::in_memory();
        fs.set("/r/.git/HEAD", "");
        for (path, text) in files {
            fs.set(*path, *text);
        }
        let sources = Sources::new();
        let loaded =
            load(&fs, &sources, Path::new("/r/dynalens.yml"), Path::new("/r"), &|path| path.to_owned()).unwrap();
        let said = |problem: Problem| {
            [Some(problem.message), problem.help].into_iter().flatten().collect::<Vec<_>>().join("; ")
        };
        (loaded.config, loaded.problems.into_iter().map(said).collect())
    }

    #[test]
    fn what_a_file_says_itself_wins_over_what_it_extends() {
        let (config, problems) = load_from(&[
            (
                "/r/dynalens.yml",
                "extends: [shared/base.yml, shared/more.yml]\nregion: eu-west-1\npolicies: { a: { severity: high } }\n",
            ),
            (
                "/r/shared/base.yml",
                "extends: root.yml\nprofile: strict\nregion: us-east-1\nenvironments: { prod: { var-files: [prod.tfvars] } }\nexclude: [x]\n",
            ),
            ("/r/shared/root.yml", "profile: all\naccount: \"111122223333\"\npolicies: { a: false }\n"),
            ("/r/shared/more.yml", "exclude: [y]\n"),
        ]);
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(config.profile, Some(Profile::Strict));
        assert_eq!(config.region.as_deref(), Some("eu-west-1"));
        assert_eq!(config.account.as_deref(), Some("111122223333"));
        // Files lie beside the file that names them.
        assert_eq!(config.environments[0].var_files[0].0, Path::new("/r/shared/prod.tfvars"));
        let excluded: Vec<&str> = config.exclude.iter().map(|(glob, _)| glob.as_str()).collect();
        assert_eq!(excluded, ["x", "y"]);
        assert_eq!(config.policies.iter().map(|one| one.enabled).collect::<Vec<_>>(), [Some(false), None]);
        assert_eq!(config.files.len(), 4);
    }

    #[test]
    fn circles_missing_files_and_ways_out_are_told_where_they_are_written() {
        for (files, said) in [
            (
                vec![("/r/dynalens.yml", "extends: dynalens.yml\n")],
                "extends itself: `/r/dynalens.yml` extends `/r/dynalens.yml`",
            ),
            (
                vec![
                    ("/r/dynalens.yml", "extends: a.yml\n"),
                    ("/r/a.yml", "extends: b.yml\n"),
                    ("/r/b.yml", "extends: a.yml\n"),
                ],
                "extends itself: `/r/a.yml` extends `/r/b.yml` extends `/r/a.yml`",
            ),
            (vec![("/r/dynalens.yml", "extends: missing.yml\n")], "there is no file `/r/missing.yml`"),
            (
                vec![("/r/dynalens.yml", "extends: team/base.yml\n"), ("/r/team/base.yml", "extends: missing.yml\n")],
                "there is no file `/r/team/missing.yml`; paths of this file count from `/r/team`",
            ),
            (
                vec![("/r/dynalens.yml", "extends: ../secret.yml\n"), ("/secret.yml", "x: 1\n")],
                "lies outside of the repository",
            ),
        ] {
            let (_, problems) = load_from(&files);
            assert!(problems.len() == 1 && problems[0].contains(said), "{problems:?}");
        }
    }

    #[test]
    fn many_files_are_bounded_and_the_bound_is_named() {
        let names: Vec<(String, String)> = (0..12)
            .map(|index| (format!("/r/{index}.yml"), format!("extends: [{n}.yml, {n}.yml]\n", n = index + 1)))
            .chain([("/r/12.yml".to_owned(), String::new())])
            .collect();
        let mut files: Vec<(&str, &str)> = names.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        files.push(("/r/dynalens.yml", "extends: 0.yml\n"));
        let (_, problems) = load_from(&files);
        assert!(!problems.is_empty() && problems.iter().all(|problem| problem.contains("more than 32 files")));
        assert!(problems.len() < 100);
    }
}

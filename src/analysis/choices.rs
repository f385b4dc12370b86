//! Which policies take part where: the configuration's overrides by path.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use super::locate::Here;
use super::policies::{Choice, choose};
use super::request::{Request, UsageError};
use crate::config::{Config, Override};
use crate::finding::triage::Glob;
use crate::policy::Pack;
use crate::resource::Problem;

/// What holds for paths of which some overrides speak.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Indices into the configuration's overrides.
    overrides: Vec<usize>,
    pub choice: Arc<Choice>,
}

/// Which policies take part where.
#[derive(Debug, Default)]
pub struct Choices {
    /// Where no override speaks.
    pub base: Arc<Choice>,
    globs: Vec<Vec<Glob>>,
    /// Every combination of overrides that was asked for.
    variants: RwLock<Vec<Variant>>,
}

impl Choices {
    /// Compiles the overrides; what is wrong in them is a problem at its place.
    ///
    /// # Errors
    /// Those of [`choose`].
    pub fn new(
        request: &Request,
        config: &Config,
        pack: &Pack,
        here: &Here,
    ) -> Result<(Self, Vec<Problem>), UsageError> {
        let (base, mut problems) = choose(request, config, pack)?;
        let (from, working) = (here.absolute(&config.directory), here.absolute(Path::new("")));
        let globs: Vec<Vec<Glob>> = config
            .overrides
            .iter()
            .map(|one| one.paths.iter().filter_map(|(glob, _)| Glob::new(glob, &from, &working).ok()).collect())
            .collect();
        for one in &config.overrides {
            let (_, wrong) = choose(request, &config.with(&[one]), pack)?;
            problems.extend(wrong);
        }
        problems.sort_by_key(|problem| problem.span);
        problems.dedup();
        Ok((Self { base: Arc::new(base), globs, variants: RwLock::default() }, problems))
    }

    /// The overrides that speak of a path (from the working directory).
    #[must_use]
    pub fn overrides_of(&self, path: &Path) -> Vec<usize> {
        let fits = |globs: &Vec<Glob>| globs.iter().any(|glob| glob.matches(path));
        self.globs.iter().enumerate().filter(|(_, globs)| fits(globs)).map(|(index, _)| index).collect()
    }

    /// Works out what holds for all these paths.
    pub fn prepare<'p>(
        &self,
        paths: impl IntoIterator<Item = &'p Path>,
        request: &Request,
        config: &Config,
        pack: &Pack,
    ) {
        if self.globs.is_empty() {
            return;
        }
        for path in paths {
            let overrides = self.overrides_of(path);
            let mut variants = self.variants.write().unwrap_or_else(PoisonError::into_inner);
            if overrides.is_empty() || variants.iter().any(|variant| variant.overrides == overrides) {
                continue;
            }
            let layers: Vec<&Override> = overrides.iter().filter_map(|index| config.overrides.get(*index)).collect();
            if let Ok((choice, _)) = choose(request, &config.with(&layers), pack) {
                variants.push(Variant { overrides, choice: Arc::new(choice) });
            }
        }
    }

    /// What holds for a path that was among the prepared ones.
    #[must_use]
    pub fn of(&self, path: &Path) -> Arc<Choice> {
        let variants = self.variants.read().unwrap_or_else(PoisonError::into_inner);
        if variants.is_empty() {
            return Arc::clone(&self.base);
        }
        let overrides = self.overrides_of(path);
        let variant = variants.iter().find(|variant| variant.overrides == overrides);
        Arc::clone(variant.map_or(&self.base, |variant| &variant.choice))
    }

    /// What holds anywhere, the base first.
    fn all(&self) -> Vec<Arc<Choice>> {
        let variants = self.variants.read().unwrap_or_else(PoisonError::into_inner);
        std::iter::once(&self.base).chain(variants.iter().map(|variant| &variant.choice)).cloned().collect()
    }

    /// The names of the policies that take part somewhere.
    #[must_use]
    pub fn names(&self, pack: &Pack) -> BTreeSet<String> {
        self.all().iter().flat_map(|choice| choice.names(pack)).collect()
    }

    /// Whether a policy takes part everywhere.
    #[must_use]
    pub fn is_on(&self, pack: &Pack, name: &str) -> bool {
        self.all().iter().all(|choice| choice.is_on(pack, name))
    }

    /// Of each override, whether it speaks of one of some paths.
    #[must_use]
    pub fn used<'p>(&self, paths: impl IntoIterator<Item = &'p Path>) -> Vec<bool> {
        let mut used = vec![false; self.globs.len()];
        for path in paths {
            for index in self.overrides_of(path) {
                used[index] = true;
            }
        }
        used
    }
}

//! A root module with all modules that it calls, before anything is evaluated.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::resource::Problem;
use crate::source::{FileSystem, lexical};
use crate::value::Text;

use super::early::Early;
use super::module::Module;
use super::modules::{Modules, dir_path};
use super::options::Options;

/// How deep module calls may be nested.
pub const MAX_MODULE_DEPTH: usize = 32;

/// How many module calls one root may hold, those in called modules counted once for each call.
pub const MAX_MODULE_CALLS: usize = 5_000;

/// The tree of module calls. The root is the first node, and callers come before what they call.
pub struct Configuration {
    pub nodes: Vec<Node>,
    pub problems: Vec<Problem>,
}

/// A module at the place where it is called.
pub struct Node {
    pub module: Arc<Module>,
    pub parent: Option<usize>,
    /// The place of the call among the parent's calls.
    pub call: usize,
    /// The call leads to a module from a registry or repository.
    pub installed: bool,
    /// The directory relative to the root's, as `path.module` gives it.
    pub path: String,
    /// What each call of the module leads to.
    pub children: Vec<Result<usize, Text>>,
}

impl Configuration {
    /// Follows all calls from a root directory to directories inside of `boundary` and to installed modules.
    pub(super) fn load(modules: &Modules<'_>, root: &Path, boundary: Option<&Path>, options: &Options) -> Self {
        let root = lexical(root);
        Self::of_module(modules, modules.get(&root), &root, boundary, &Early::new(modules, Some(options)))
    }

    /// Follows all calls from a root module. Installed modules lie below `working`, where Terraform was initialised.
    pub(super) fn of_module(
        modules: &Modules<'_>,
        module: Arc<Module>,
        working: &Path,
        boundary: Option<&Path>,
        early: &Early<'_>,
    ) -> Self {
        let root = module.dir.clone();
        let installed = Installed::read(modules.fs, working);
        let boundary = boundary.and_then(|boundary| modules.fs.canonical(dir_path(boundary)).ok());
        let mut configuration = Self { nodes: Vec::new(), problems: Vec::new() };
        configuration.nodes.push(Node {
            module,
            parent: None,
            call: 0,
            installed: false,
            path: ".".to_owned(),
            children: Vec::new(),
        });
        let mut next = 0;
        let mut names: Vec<Vec<Text>> = vec![Vec::new()];
        let mut bound_told = false;
        while next < configuration.nodes.len() {
            let module = Arc::clone(&configuration.nodes[next].module);
            let mut children = Vec::with_capacity(module.calls.len());
            for (index, call) in module.calls.iter().enumerate() {
                let name = Text::new(call.label(0).unwrap_or_default());
                let mut chain = names[next].clone();
                chain.push(name.clone());
                let found = configuration.resolve(next, index, &chain, &installed, modules, boundary.as_deref(), early);
                let found = match found {
                    Ok(_) if chain.len() > MAX_MODULE_DEPTH => {
                        Err(format!("module calls are nested more than {MAX_MODULE_DEPTH} levels deep").into())
                    }
                    Ok(_) if configuration.nodes.len() >= MAX_MODULE_CALLS => {
                        Err(format!("there are more than {MAX_MODULE_CALLS} module calls").into())
                    }
                    other => other,
                };
                children.push(found.map(|(dir, installed)| {
                    configuration.nodes.push(Node {
                        module: modules.get(&dir),
                        parent: Some(next),
                        call: index,
                        installed,
                        path: relative(&root, &dir),
                        children: Vec::new(),
                    });
                    names.push(chain);
                    configuration.nodes.len() - 1
                }));
                if let Some(Err(why)) = children.last() {
                    let bound = why.contains("more than");
                    if !(bound && std::mem::replace(&mut bound_told, bound)) {
                        configuration.tell(call, why);
                    }
                }
            }
            configuration.nodes[next].children = children;
            next += 1;
        }
        configuration
    }

    fn tell(&mut self, call: &crate::syntax::hcl::Block, why: &str) {
        // A source that many calls name is told of once.
        let known = self.problems.iter().any(|problem| problem.message == why);
        if !known {
            let at = call.body.attribute("source").map_or(call.header, |source| source.expr.span);
            let problem = Problem::note(at, why);
            self.problems.push(if why.contains("is not installed") {
                problem.with_help("run `terraform init` (or `tofu init`), which installs modules without credentials")
            } else {
                problem
            });
        }
    }

    /// The directory that a call leads to, and whether it lies in a folder of installed modules.
    #[expect(clippy::too_many_arguments, reason = "all that a source may lean on")]
    fn resolve(
        &self,
        node: usize,
        index: usize,
        chain: &[Text],
        installed: &Installed,
        modules: &Modules<'_>,
        boundary: Option<&Path>,
        early: &Early<'_>,
    ) -> Result<(PathBuf, bool), Text> {
        let caller = &self.nodes[node];
        let Some(call) = caller.module.calls.at(index) else { return Err("the call is not there".into()) };
        let name = call.label(0).unwrap_or_default();
        let Some(source) = call.body.attribute("source") else {
            return Err(format!("the call of module `{name}` has no `source`").into());
        };
        let Some(source) = early.text(&self.nodes, node, &source.expr) else {
            let why = "it may be made of literals, and of variables and locals that are such";
            return Err(
                format!("the source of module `{name}` is not known before anything is evaluated: {why}").into()
            );
        };
        if source.starts_with("./")
            || source.starts_with("../")
            || source.starts_with(".\\")
            || source == "."
            || source == ".."
        {
            let dir = lexical(&caller.module.dir.join(source.replace('\\', "/")));
            if self.ancestors(node).any(|at| self.nodes[at].module.dir == dir) {
                return Err(format!("module `{name}` calls itself through its source `{source}`").into());
            }
            let Some(real) = modules.real(&dir) else {
                return Err(format!("the source `{source}` of module `{name}` leads to no directory").into());
            };
            if let Some(boundary) = boundary
                && !real.starts_with(boundary)
                && !caller.installed
            {
                return Err(format!("the source `{source}` of module `{name}` lies outside of what is analysed").into());
            }
            return Ok((dir, caller.installed));
        }
        match installed.dir(&chain.join(".")) {
            Some(dir) if modules.fs.is_dir(dir_path(&dir)) => {
                if self.ancestors(node).any(|at| self.nodes[at].module.dir == dir) {
                    return Err(format!("module `{name}` calls itself through its source `{source}`").into());
                }
                Ok((dir, true))
            }
            _ => Err(format!("module `{source}` is not installed").into()),
        }
    }

    fn ancestors(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(node), |at| self.nodes[*at].parent)
    }
}

/// What `.terraform/modules/modules.json` says of installed modules.
struct Installed {
    dirs: Vec<(String, PathBuf)>,
}

impl Installed {
    fn read(fs: &dyn FileSystem, root: &Path) -> Self {
        #[derive(serde::Deserialize)]
        struct Manifest {
            #[serde(rename = "Modules")]
            modules: Vec<Entry>,
        }
        #[derive(serde::Deserialize)]
        struct Entry {
            #[serde(rename = "Key")]
            key: String,
            #[serde(rename = "Dir")]
            dir: String,
        }
        let manifest = fs.read(&root.join(".terraform/modules/modules.json")).ok();
        let manifest = manifest.and_then(|bytes| serde_json::from_slice::<Manifest>(&bytes).ok());
        let inside = |dir: &Path| dir.starts_with(root.join(".terraform"));
        let dirs = manifest.map_or_else(Vec::new, |manifest| {
            manifest
                .modules
                .into_iter()
                .map(|entry| (entry.key, lexical(&root.join(entry.dir.replace('\\', "/")))))
                .filter(|(_, dir)| inside(dir))
                .collect()
        });
        Self { dirs }
    }

    fn dir(&self, key: &str) -> Option<PathBuf> {
        self.dirs.iter().find(|(known, _)| known == key).map(|(_, dir)| dir.clone())
    }
}

/// `dir` as seen from `root`, with `/`.
fn relative(root: &Path, dir: &Path) -> String {
    let root: Vec<_> = root.components().collect();
    let dir: Vec<_> = dir.components().collect();
    let common = root.iter().zip(&dir).take_while(|(a, b)| a == b).count();
    let mut parts: Vec<String> = vec!["..".to_owned(); root.len() - common];
    parts.extend(dir[common..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned()));
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

//! Everything that is decided before any code is looked at: configuration, policies, deployments.

use std::path::{Path, PathBuf};

use super::choices::Choices;
use super::environments::{Deployment, deployments};
use super::locate::Here;
use super::policies::{add_configured, load_policies};
use super::request::{Request, UsageError};
use crate::config::{self, Config};
use crate::policy::Pack;
use crate::resource::Problem;
use crate::source::{FileSystem, Sources};

/// What a run goes by.
pub struct Prepared {
    pub here: Here,
    pub config: Config,
    pub pack: Pack,
    pub choices: Choices,
    pub deployments: Vec<Deployment>,
    pub problems: Vec<Problem>,
}

/// Reads the configuration and decides what takes part. What deployments are given is read from `code`, everything
/// else from `fs`: the two differ where an older state of the code is judged by today's rules.
///
/// # Errors
/// Names and files of the request that are not there.
pub fn prepare(
    request: &Request,
    fs: &dyn FileSystem,
    code: &dyn FileSystem,
    sources: &Sources,
) -> Result<Prepared, UsageError> {
    let here = Here::new(fs);
    let (config, mut problems) = configuration(request, &here, fs, sources)?;
    let (mut pack, wrong) = load_policies(&request.policy_folders, fs, sources)?;
    problems.extend(wrong);
    problems.extend(add_configured(&mut pack, &config, &here, fs, sources));
    let (choices, wrong) = Choices::new(request, &config, &pack, &here)?;
    problems.extend(wrong);
    let (deployments, wrong) = deployments(request, &config, &here, code, sources)?;
    problems.extend(wrong);
    Ok(Prepared { here, config, pack, choices, deployments, problems })
}

/// The configuration that the request names, or the nearest one to its first path.
fn configuration(
    request: &Request,
    here: &Here,
    fs: &dyn FileSystem,
    sources: &Sources,
) -> Result<(Config, Vec<Problem>), UsageError> {
    let path = match &request.config {
        Some(path) if fs.is_file(path) => Some(here.absolute(path)),
        Some(path) => return Err(UsageError::new(format!("--config: there is no file `{}`", path.display()), None)),
        None => {
            let first = request.paths.first().or(request.stdin.as_ref().map(|(path, _)| path));
            config::find(fs, &here.absolute(first.map_or(Path::new(""), PathBuf::as_path)))
        }
    };
    let Some(path) = path else {
        let directory = here.absolute(Path::new(""));
        return Ok((Config { directory, ..Config::default() }, Vec::new()));
    };
    match config::load(fs, sources, &path, config::directory_of(&path), &|path| here.shown(path)) {
        Ok(loaded) => Ok((loaded.config, loaded.problems)),
        Err(error) => Err(UsageError::new(format!("`{}` can't be read: {}", error.path.display(), error.reason), None)),
    }
}

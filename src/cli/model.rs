//! `dynalens model`.

use super::Exit;
use super::args::ModelArgs;
use super::check::{prepare_threads, request, usage};
use super::output::{complain, to_stdout};
use crate::analysis;
use crate::report::model;
use crate::resource::ProblemKind;
use crate::source::Disk;

/// Prints what was understood.
pub fn run(arguments: ModelArgs) -> Exit {
    let request = match request(arguments.input) {
        Ok(request) => request,
        Err(error) => return usage(&error),
    };
    prepare_threads();
    let (understanding, sources) = match analysis::understand(&request, &Disk) {
        Ok(understood) => understood,
        Err(error) => return usage(&error),
    };
    if let Err(error) = to_stdout(|out| model::write(&understanding, &sources, arguments.origins, out)) {
        complain(&format!("the model can't be written: {error}"));
        return Exit::Failed;
    }
    if understanding.problems.iter().any(|problem| problem.kind != ProblemKind::Note) {
        Exit::Failed
    } else if understanding.files == 0 {
        Exit::NothingToCheck
    } else {
        Exit::Clean
    }
}

//! `dynalens model`.

use super::Exit;
use super::args::{ListFormat, ModelArgs};
use super::check::{prepare_threads, request, usage};
use super::output::{complain, to_stdout};
use crate::analysis::{self, UsageError};
use crate::policy::Pack;
use crate::report::{model, schema};
use crate::resource::ProblemKind;
use crate::source::Disk;

/// Prints what was understood.
pub fn run(arguments: ModelArgs) -> Exit {
    if arguments.schema {
        return print_schema(arguments.format.unwrap_or(ListFormat::Human));
    }
    if arguments.format.is_some_and(|format| format != ListFormat::Json) {
        let help = "`--format json` prints the model, and `--schema` its schema in other formats".to_owned();
        return usage(&UsageError::new("the model is printed as JSON only", Some(help)));
    }
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

/// Prints what policies can ask of each subject.
fn print_schema(format: ListFormat) -> Exit {
    let pack = Pack::built_in();
    let written = to_stdout(|out| match format {
        ListFormat::Human => schema::human(&pack, out),
        ListFormat::Json => schema::json(&pack, out),
        ListFormat::Markdown => schema::markdown(&pack, out),
    });
    match written {
        Ok(()) => Exit::Clean,
        Err(error) => {
            complain(&format!("the schema can't be written: {error}"));
            Exit::Failed
        }
    }
}

//! `dynalens policies new` and `dynalens policies test`: writing policies of one's own.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use super::Exit;
use super::args::{NewPolicyArgs, TestPoliciesArgs};
use super::check::{prepare_threads, usage};
use super::output::{complain, look, to_stdout};
use crate::analysis::own_pages::{Tested, TestedPage, configured_folders, test_pages};
use crate::analysis::{Analysis, Request, UsageError};
use crate::finding::triage::Date;
use crate::policy::Pack;
use crate::report::escape::one_line;
use crate::report::human::{Look, pictures};
use crate::report::summary::plural;
use crate::source::Disk;

/// The page that a new policy starts from; `NAME` is its name. It is complete: its examples come out as they say.
const PAGE: &str = include_str!("new_policy.md");

/// Writes a page; never over one that is there.
pub fn new(arguments: &NewPolicyArgs) -> Exit {
    let name = arguments.name.as_str();
    let good = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-';
    let words = name.split('-').all(|word| !word.is_empty());
    if !name.chars().all(good) || !words {
        let help = "write what is wrong, in small letters and digits with hyphens: `table-without-owner`".to_owned();
        return usage(&UsageError::new(format!("`{}` is no name of a policy", one_line(name)), Some(help)));
    }
    let pack = Pack::built_in();
    let ours = pack.get(name);
    let text = ours.map_or_else(|| PAGE.replace("NAME", name), |policy| policy.text.to_string());
    let path = arguments.directory.join(format!("{name}.md"));
    let written = fs::create_dir_all(&arguments.directory)
        .and_then(|()| OpenOptions::new().write(true).create_new(true).open(&path))
        .and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let help = "choose another name, or change the page that is there".to_owned();
            return usage(&UsageError::new(format!("`{}` is there already", path.display()), Some(help)));
        }
        Err(error) => return usage(&UsageError::new(format!("`{}` can't be written: {error}", path.display()), None)),
    }
    let directory = arguments.directory.display();
    let what = if ours.is_some() { "a copy of our policy, which takes its place" } else { "a page to start from" };
    let said = to_stdout(|out| {
        writeln!(out, "wrote `{}`, {what}", path.display())?;
        writeln!(out, "  dynalens policies test {directory}    runs its examples")?;
        writeln!(out, "  dynalens --policies {directory}       checks with it")?;
        writeln!(out, "  policy-folders: [{directory}]         in dynalens.yml checks with it each time")
    });
    if said.is_ok() { Exit::Clean } else { Exit::Failed }
}

/// Runs the examples of a user's pages: 0 when all come out, 1 when some do not, 2 when pages have mistakes.
pub fn test(arguments: &TestPoliciesArgs) -> Exit {
    prepare_threads();
    let folders = if arguments.directories.is_empty() {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        match configured_folders(&Request::new(Date::from_unix(now)), &Disk) {
            Ok(folders) if folders.is_empty() => vec!["policies".into()],
            Ok(folders) => folders,
            Err(error) => return usage(&error),
        }
    } else {
        arguments.directories.clone()
    };
    let tested = match test_pages(&folders, &Disk) {
        Ok(tested) => tested,
        Err(error) => return usage(&error),
    };
    let look = look(arguments.color);
    if let Err(error) = to_stdout(|out| report(&tested, look, out)) {
        complain(&format!("the report can't be written: {error}"));
        return Exit::Failed;
    }
    if !tested.problems.is_empty() {
        Exit::Failed
    } else if tested.pages.iter().any(|page| !page.wrong.is_empty()) {
        Exit::Findings
    } else if tested.pages.is_empty() {
        Exit::NothingToCheck
    } else {
        Exit::Clean
    }
}

fn report(tested: &Tested, look: Look, out: &mut dyn Write) -> io::Result<()> {
    if !tested.problems.is_empty() {
        let problems = tested.problems.clone();
        let analysis = Analysis { sources: tested.sources.clone(), problems, ..Analysis::default() };
        pictures(&analysis, look, out)?;
    }
    for page in &tested.pages {
        if page.wrong.is_empty() {
            writeln!(out, "ok    {} ({})", page.name, plural(page.examples, "example"))?;
            continue;
        }
        writeln!(out, "wrong {}", page.name)?;
        for example in &page.wrong {
            let path = page.path.display();
            writeln!(out, "  {path}:{}: {} ({})", example.line, one_line(&example.title), example.language)?;
            for fault in &example.faults {
                writeln!(out, "    {}", one_line(fault))?;
            }
        }
    }
    let examples: usize = tested.pages.iter().map(|page| page.examples).sum();
    let wrong: usize = tested.pages.iter().map(|page: &TestedPage| page.wrong.len()).sum();
    let pages = plural(tested.pages.len(), "policy").replace("policys", "policies");
    write!(out, "{pages}, {}: ", plural(examples, "example"))?;
    match (wrong, tested.problems.len()) {
        (0, 0) => writeln!(out, "all come out as they say"),
        (wrong, 0) => writeln!(out, "{wrong} wrong"),
        (wrong, mistakes) => writeln!(out, "{wrong} wrong, and {} in pages", plural(mistakes, "mistake")),
    }
}

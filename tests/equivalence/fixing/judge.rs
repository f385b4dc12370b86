//! Mends a project and looks for everything that is not as it was and not as the fixes say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dynalens::analysis::{ChangedFile, Fixing, Request, Which, fix};
use dynalens::finding::triage::UNUSED_SUPPRESSION;
use dynalens::policy::Pack;

use super::consequences::{changes, opens};
use super::overlay;
use super::state::{Files, Named, Side, differences};

/// What is wrong when the fixes were applied.
pub fn complaints(request: &Request, files: &Files, which: Which) -> Vec<String> {
    let fixing = match fix(request, &overlay(files), which) {
        Ok(fixing) => fixing,
        Err(error) => return vec![format!("it can't be fixed: {error}")],
    };
    let mut wrong: Vec<String> = Vec::new();
    let before = Side::of(request, files);
    let after = Side::of(request, &with(files, &fixing.files));
    if before.problems != after.problems {
        wrong.push(format!("there were problems {:?} and are now {:?}", before.problems, after.problems));
    }
    findings(&fixing, &before, &after, &mut wrong);
    for name in after.undetermined.difference(&before.undetermined) {
        let (policy, address) = name;
        // What was wrong before may have hidden something that is open.
        if before.findings.contains_key(name) || fixing.fixed.iter().any(|one| opens(&one.policy, policy)) {
            continue;
        }
        wrong.push(format!("it can't be told any more whether {policy} fails at {address}"));
    }
    model(&fixing, &before, &after, &mut wrong);
    for file in &fixing.files {
        parses(file, &mut wrong);
        lines(file, &fixing, &before, &mut wrong);
    }
    let again = fix(request, &overlay(&with(files, &fixing.files)), which).expect("the request can be met");
    if !again.files.is_empty() || !again.fixed.is_empty() {
        wrong.push(format!("fixing again does {:?}", again.fixed));
    }
    if which == Which::All {
        windows(request, files, which, &fixing, &mut wrong);
    }
    if !wrong.is_empty() {
        for file in &fixing.files {
            wrong.push(format!("before:\n{}\nafter:\n{}", file.before, file.after));
        }
    }
    wrong
}

fn with(files: &Files, changed: &[ChangedFile]) -> Files {
    let mut files = files.clone();
    files.extend(changed.iter().map(|file| (file.path.clone(), file.after.clone())));
    files
}

/// What is found afterwards is what was found before without what was fixed, and what the fixes say they lead to.
fn findings(fixing: &Fixing, before: &Side, after: &Side, wrong: &mut Vec<String>) {
    let pack = &before.analysis.pack;
    let mut fixed: BTreeMap<Named, usize> = BTreeMap::new();
    for one in &fixing.fixed {
        *fixed.entry((one.policy.clone(), one.address.clone())).or_default() += 1;
    }
    let leads_to: BTreeSet<&str> = fixing
        .fixed
        .iter()
        .filter_map(|one| pack.get(&one.policy))
        .flat_map(|page| page.fixes.iter().flat_map(|fix| fix.leads_to.iter()))
        .map(AsRef::as_ref)
        .collect();
    let names: BTreeSet<&Named> = before.findings.keys().chain(after.findings.keys()).chain(fixed.keys()).collect();
    for name in names {
        let [earlier, later, gone] =
            [&before.findings, &after.findings, &fixed].map(|counts| counts.get(name).copied().unwrap_or_default());
        // A suppression is not used any more when what it stood for went.
        let may_come = leads_to.contains(name.0.as_str()) || name.0 == UNUSED_SUPPRESSION;
        if later + gone != earlier && !(later + gone > earlier && may_come) {
            wrong.push(format!("{name:?} failed {earlier} times, was fixed {gone} times and fails {later} times"));
        }
    }
}

/// The model differs in what the fixes name and in what follows from that.
fn model(fixing: &Fixing, before: &Side, after: &Side, wrong: &mut Vec<String>) {
    let pack: &Pack = &before.analysis.pack;
    for (kind, address, way, what) in differences(before, after) {
        if !fixing.fixed.iter().any(|one| changes(pack, one, &kind, &address, &way)) {
            let fixed: BTreeSet<(&str, &str)> =
                fixing.fixed.iter().map(|one| (one.policy.as_str(), one.address.as_str())).collect();
            wrong.push(format!("`{way}` of {kind} {address} changed: {what}; fixed: {fixed:?}"));
        }
    }
}

/// Readers that have nothing to do with this program's own take the text as they took it before.
fn parses(file: &ChangedFile, wrong: &mut Vec<String>) {
    let error = |text: &str| -> Option<String> {
        match file.path.extension().and_then(|ending| ending.to_str()) {
            Some("json") => serde_json::from_str::<serde_json::Value>(text).err().map(|error| error.to_string()),
            Some("tf") => hcl_edit::parser::parse_body(text).err().map(|error| error.to_string()),
            Some("yaml" | "yml") => {
                serde_yaml::from_str::<serde_yaml::Value>(text).err().map(|error| error.to_string())
            }
            _ => None,
        }
    };
    if let (None, Some(error)) = (error(&file.before), error(&file.after)) {
        wrong.push(format!("{} can't be read any more: {error}", file.path.display()));
    }
}

/// Lines that no edit of a fixed finding touches are all there in their order, and comments are not lost.
fn lines(file: &ChangedFile, fixing: &Fixing, before: &Side, wrong: &mut Vec<String>) {
    let sources = &before.analysis.sources;
    let mut touched: BTreeSet<usize> = BTreeSet::new();
    let mut known: BTreeSet<(&str, &str)> = BTreeSet::new();
    for finding in &before.analysis.findings {
        let name = (finding.policy.as_str(), finding.resource.address.as_str());
        let Some(fix) = &finding.fix else { continue };
        if !fixing.fixed.iter().any(|one| (one.policy.as_str(), one.address.as_str()) == name) {
            continue;
        }
        known.insert(name);
        for edit in &fix.edits {
            let Some(source) = sources.get(edit.span.file).filter(|source| source.path == file.path) else { continue };
            let at_start = edit.span.is_empty() && source.lines().position(source.text(), edit.span.start).column == 0;
            if !at_start {
                touched.extend(source.lines().line_of(edit.span.start)..=source.lines().line_of(edit.span.end));
            }
        }
    }
    // What a later round reveals can't be told beforehand.
    let all_known = fixing.fixed.iter().all(|one| known.contains(&(one.policy.as_str(), one.address.as_str())));
    let mut after = file.after.split_inclusive('\n');
    for (number, line) in file.before.split_inclusive('\n').enumerate() {
        if all_known && !touched.contains(&number) && !after.any(|other| other == line) {
            wrong.push(format!("line {} is not there any more: {line}", number + 1));
            break;
        }
    }
    let removes = |policy: &str| {
        before
            .analysis
            .pack
            .get(policy)
            .is_some_and(|page| page.fixes.iter().any(|fix| !fix.remove.is_empty() || !fix.remove_items.is_empty()))
    };
    if fixing.fixed.iter().any(|one| removes(&one.policy)) {
        return;
    }
    for comment in file.before.lines().filter_map(|line| line.split_once("# note ")).map(|(_, comment)| comment) {
        if !file.after.lines().any(|line| line.ends_with(&format!("# note {comment}"))) {
            wrong.push(format!("the comment `note {comment}` of {} is lost", file.path.display()));
        }
    }
}

/// With the line endings of Windows, the same becomes of each file.
fn windows(request: &Request, files: &Files, which: Which, fixing: &Fixing, wrong: &mut Vec<String>) {
    let to_windows = |path: &Path, text: &str| {
        if path
            .extension()
            .is_some_and(|ending| ["yaml", "yml", "json", "tf", "hcl", "tfvars"].iter().any(|one| ending == *one))
        {
            text.replace("\r\n", "\n").replace('\n', "\r\n")
        } else {
            text.to_owned()
        }
    };
    let files: Files = files.iter().map(|(path, text)| (path.clone(), to_windows(path, text))).collect();
    let other = fix(request, &overlay(&files), which).expect("the request can be met");
    let expected: Files =
        fixing.files.iter().map(|file| (file.path.clone(), to_windows(&file.path, &file.after))).collect();
    let found: Files = other.files.iter().map(|file| (file.path.clone(), file.after.clone())).collect();
    if expected != found {
        let differ: Vec<_> = expected.iter().filter(|(path, text)| found.get(*path) != Some(text)).collect();
        wrong.push(format!("with Windows' line endings the files differ: expected {differ:#?}\nfound {found:#?}"));
    }
}

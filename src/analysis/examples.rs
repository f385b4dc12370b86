//! Running the examples of policies' pages: each is a small project of its own, and the page says what comes out.
//!
//! The tests hold the built-in pages by it, and people hold their own pages by it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cloudformation;
use crate::finding::Fix;
use crate::finding::fix::Mender;
use crate::model;
use crate::model::neighbours::{Neighbours, Summary};
use crate::policy::engine::{Judgement, PolicySettings, Settings, Verdict, judge};
use crate::policy::expression::{Constant, literal};
use crate::policy::page::{Dialect, Example, Expectation, Page};
use crate::policy::{Pack, Profile, Severity, evaluate};
use crate::resource::{ProblemKind, Project};
use crate::source::{FileId, Overlay, Sources, Span};
use crate::syntax::edit::{Edit, apply};
use crate::syntax::parse_data;
use crate::syntax::tree::Tree;
use crate::terraform;
use crate::value::{Step, Text};

/// What the policy says of an example.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    pub findings: Vec<Found>,
    /// The reasons of undetermined verdicts.
    pub undetermined: Vec<String>,
    /// Errors in the example itself.
    pub problems: Vec<String>,
}

/// A finding in an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub file: String,
    /// Byte range of the primary place.
    pub start: usize,
    pub end: usize,
    /// The text there.
    pub text: String,
    pub message: String,
    pub case: Option<String>,
    pub severity: Severity,
    pub policy: String,
    /// The resource's address.
    pub address: String,
    pub fix: Option<FoundFix>,
}

/// How a finding in an example is mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFix {
    pub safe: bool,
    pub title: String,
    /// File, byte range, new text.
    pub edits: Vec<(String, usize, usize, String)>,
    /// Policies whose findings may come instead.
    pub leads_to: Vec<String>,
}

/// Analyses an example under its own policy; the others of the pack are there for what it gives way to.
#[must_use]
pub fn analyse(example: &Example, page: &Page, pack: &Pack) -> Heard {
    hear(example, pack, &settings(example, page, pack))
}

/// The same with the others of the default profile, too.
#[must_use]
pub fn analyse_by_all(example: &Example, page: &Page, pack: &Pack) -> Heard {
    let mut settings = settings(example, page, pack);
    settings.policies.retain(|name, _| *name == page.name);
    settings.profile = Profile::Default;
    hear(example, pack, &settings)
}

/// The example with the edits of a fix applied; nothing where they do not fit.
#[must_use]
pub fn mended(example: &Example, fix: &FoundFix) -> Option<Example> {
    let mut mended = example.clone();
    for file in &mut mended.files {
        let edits: Vec<Edit> = fix
            .edits
            .iter()
            .filter(|(name, ..)| *name == file.name)
            .map(|(_, start, end, text)| {
                let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
                Edit { span: Span::new(FileId(0), number(*start), number(*end)), text: text.clone() }
            })
            .collect();
        file.text = apply(&file.text, &edits)?;
    }
    Some(mended)
}

fn hear(example: &Example, pack: &Pack, settings: &Settings) -> Heard {
    let sources = Arc::new(Sources::new());
    let mut heard = Heard::default();
    let mut projects = projects(example, &sources);
    if projects.is_empty() {
        heard.problems.push("nothing in the example is infrastructure code".into());
    }
    let alone = lend(&mut projects, pack, settings);
    for (at, project) in projects.iter().enumerate() {
        for problem in project.problems.iter().filter(|problem| problem.kind != ProblemKind::Note) {
            heard.problems.push(problem.message.clone());
        }
        let model = model::build(project);
        let mender = Mender::new(project, &model, &sources, &|_| true);
        for judgement in judge(project, &model, pack, settings) {
            match judgement.verdict {
                Verdict::Pass => {}
                Verdict::Undetermined { why, .. } => heard.undetermined.push(why.to_string()),
                // What others have takes findings back and makes no new ones.
                Verdict::Fail(_) if alone.get(at).is_some_and(|known| !known.contains(&key(&model, &judgement))) => {}
                Verdict::Fail(failure) => {
                    let fix = mender.fix(judgement.entity, &failure).map(|fix| found_fix(fix, &sources));
                    let file = sources.get(failure.primary.file);
                    heard.findings.push(Found {
                        file: file.as_ref().map(|file| file.path_text()).unwrap_or_default(),
                        start: failure.primary.start as usize,
                        end: failure.primary.end as usize,
                        text: file.map(|file| file.slice(failure.primary).to_owned()).unwrap_or_default(),
                        message: failure.message,
                        case: failure.description,
                        severity: failure.severity,
                        policy: judgement.policy.name.to_string(),
                        address: model.get(judgement.entity).address.to_string(),
                        fix,
                    });
                }
            }
        }
    }
    heard.findings.sort_by(|a, b| (&a.file, a.start, a.end, &a.message).cmp(&(&b.file, b.start, b.end, &b.message)));
    heard
}

/// Lends each of several projects what the others have for it, and gives what fails in each by itself.
fn lend(projects: &mut [Project], pack: &Pack, settings: &Settings) -> Vec<BTreeSet<(String, String)>> {
    if projects.len() < 2 {
        return Vec::new();
    }
    let mut failing = Vec::new();
    let mut summaries: Vec<Arc<Summary>> = Vec::new();
    for project in &*projects {
        let model = model::build(project);
        let judgements = judge(project, &model, pack, settings);
        let failed = judgements.iter().filter(|one| matches!(one.verdict, Verdict::Fail(_)));
        failing.push(failed.map(|judgement| key(&model, judgement)).collect());
        summaries.push(Arc::new(Summary::of(project, &model)));
    }
    let neighbours = Neighbours::new(summaries.iter().cloned());
    for (project, summary) in projects.iter_mut().zip(&summaries) {
        neighbours.lend(summary, project);
    }
    failing
}

fn key(model: &model::Model, judgement: &Judgement<'_>) -> (String, String) {
    (judgement.policy.name.to_string(), model.get(judgement.entity).address.to_string())
}

fn found_fix(fix: Fix, sources: &Sources) -> FoundFix {
    let name = |file: FileId| sources.get(file).map(|file| file.path_text()).unwrap_or_default();
    let edits = fix
        .edits
        .into_iter()
        .map(|edit| (name(edit.span.file), edit.span.start as usize, edit.span.end as usize, edit.text))
        .collect();
    FoundFix { safe: fix.safe, title: fix.title, edits, leads_to: fix.leads_to }
}

/// What does not come out as the page says; empty where all does.
#[must_use]
pub fn check(example: &Example, heard: &Heard) -> Vec<String> {
    let mut wrong: Vec<String> =
        heard.problems.iter().map(|problem| format!("the example has an error: {problem}")).collect();
    match example.expectation {
        Expectation::Passes | Expectation::Undetermined => {
            wrong.extend(heard.findings.iter().map(|found| {
                format!("there is a finding on `{}` in {}: {}", first_line(&found.text), found.file, found.message)
            }));
            if example.expectation == Expectation::Passes {
                wrong.extend(heard.undetermined.iter().map(|why| format!("it is undetermined: {why}")));
            } else if heard.undetermined.is_empty() {
                wrong.push("it is not undetermined".into());
            }
        }
        Expectation::Fails => check_marks(example, heard, &mut wrong),
    }
    wrong
}

fn check_marks(example: &Example, heard: &Heard, wrong: &mut Vec<String>) {
    let mut left: Vec<&Found> = heard.findings.iter().collect();
    for file in &example.files {
        for mark in &file.marks {
            let marked = first_line(file.text.get(mark.start..mark.end).unwrap_or_default());
            let fits = |found: &Found| found.file == file.name && (found.start, found.end) == (mark.start, mark.end);
            let says = |found: &Found| {
                mark.message.as_ref().is_none_or(|part| found.message.contains(part.as_str()))
                    && mark.when.as_ref().is_none_or(|case| found.case.as_ref() == Some(case))
            };
            if let Some(at) = left.iter().position(|found| fits(found) && says(found)) {
                left.remove(at);
            } else if let Some(at) = left.iter().position(|found| fits(found)) {
                let found = left.remove(at);
                let case = found.case.as_ref().map(|case| format!(" when {case}")).unwrap_or_default();
                wrong.push(format!("the finding on `{marked}` says something else: {}{case}", found.message));
            } else {
                wrong.push(format!("there is no finding on `{marked}` in {}", file.name));
            }
        }
    }
    for found in left {
        let case = found.case.as_ref().map(|case| format!(" when {case}")).unwrap_or_default();
        let text = first_line(&found.text);
        wrong.push(format!(
            "a finding that is not marked stands on `{text}` in {}: {}{case}",
            found.file, found.message
        ));
    }
    if heard.findings.is_empty() {
        wrong.extend(heard.undetermined.iter().map(|why| format!("it is undetermined: {why}")));
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Only the page's own policy is on, in the example's profile or its own.
fn settings(example: &Example, page: &Page, pack: &Pack) -> Settings {
    let mut settings = Settings { closed_world: example.closed_world, fixes: true, ..Settings::default() };
    settings.profile = example.profile.unwrap_or(page.profile);
    for other in pack.iter().filter(|other| other.name != page.name) {
        let off = PolicySettings { enabled: Some(false), ..PolicySettings::default() };
        settings.policies.insert(other.name.to_string(), off);
    }
    let constant = |value: &Constant| evaluate::constant(&literal(value));
    let options = example.options.iter().map(|(name, value)| (Text::from(name.as_str()), constant(value))).collect();
    let own = PolicySettings { enabled: Some(true), options, ..PolicySettings::default() };
    settings.policies.insert(page.name.to_string(), own);
    settings
}

/// The names of the example's files that hold Terraform code.
fn files_of(example: &Example) -> impl Iterator<Item = &str> {
    let names = example.files.iter().map(|file| file.name.as_str());
    names.filter(|name| [".tf", ".tf.json", ".tofu"].iter().any(|end| name.ends_with(end)))
}

fn projects(example: &Example, sources: &Sources) -> Vec<Project> {
    let mut files = Overlay::in_memory();
    for file in &example.files {
        files.set(PathBuf::from(&file.name), file.text.clone());
    }
    let region = example.region.as_deref().map(Text::from);
    let account = example.account.as_deref().map(Text::from);
    match example.dialect {
        Dialect::Terraform => {
            let modules = terraform::Modules::new(&files, sources);
            let variables = example
                .parameters
                .iter()
                .map(|(name, value)| terraform::Given {
                    name: name.into(),
                    value: value.into(),
                    span: None,
                    step: Step::CommandLine(name.into()),
                })
                .collect();
            let options = terraform::Options { region, account, variables, ..terraform::Options::default() };
            // Folders that no other one calls are deployed by themselves.
            let mut folders: Vec<PathBuf> =
                files_of(example).filter_map(|name| Some(Path::new(name).parent()?.to_owned())).collect();
            folders.sort();
            folders.dedup();
            let roots = terraform::find_roots(&modules, &folders);
            roots.iter().map(|root| terraform::evaluate(&modules, root, &options)).collect()
        }
        Dialect::CloudFormation | Dialect::Sam => {
            let parameters = example
                .parameters
                .iter()
                .map(|(name, value)| cloudformation::Given {
                    name: name.into(),
                    value: value.into(),
                    span: None,
                    step: Step::CommandLine(name.into()),
                })
                .collect();
            let options = cloudformation::Options { region, account, parameters, ..cloudformation::Options::default() };
            let loader = cloudformation::Loader { fs: &files, sources, root: Some(Path::new("")) };
            // Templates that another one of the example leads to are not deployed by themselves.
            let trees: Vec<(&str, Tree)> = example
                .files
                .iter()
                .map(|file| (file.name.as_str(), parse_data(sources.add(PathBuf::from(&file.name), file.text.clone()))))
                .collect();
            let called: Vec<PathBuf> =
                trees.iter().flat_map(|(_, tree)| cloudformation::children(tree, &loader)).collect();
            trees
                .iter()
                .filter(|(name, _)| !called.iter().any(|path| path == Path::new(name)))
                .filter_map(|(_, tree)| cloudformation::evaluate(tree, &options, &loader))
                .collect()
        }
    }
}

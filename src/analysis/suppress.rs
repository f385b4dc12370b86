//! Gathers the suppressions of a run and lets triage apply them.

use std::path::Path;
use std::sync::Arc;

use super::choices::Choices;
use super::locate::Here;
use super::policies::find_policies;
use super::request::Request;
use super::understand::Understood;
use crate::config::Config;
use crate::finding::triage::{self, Glob, Names, Reach, Suppression};
use crate::finding::{Finding, Status, SuppressionKind, Undetermined};
use crate::policy::Pack;
use crate::policy::page::PILLARS;
use crate::resource::{Language, Problem, ProblemKind};
use crate::source::{FileKind, SourceFile, Sources, Span};
use crate::syntax;
use crate::syntax::tree::{NodeRef, Tree};

/// What suppressions are applied with.
pub struct Context<'a> {
    pub request: &'a Request,
    pub config: &'a Config,
    pub pack: &'a Pack,
    pub choices: &'a Choices,
    pub here: &'a Here,
    pub sources: &'a Sources,
    /// The suppressions in the comments of a file.
    pub comments: &'a dyn Fn(&Arc<SourceFile>) -> Commented,
}

/// Suppressions in a file's comments, and what is wrong with them.
pub type Commented = (Vec<Suppression>, Vec<Problem>);

/// Suppressions in the metadata of resources.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    suppressions: Vec<Suppression>,
    problems: Vec<Problem>,
}

impl Marks {
    /// Those of a project.
    pub fn of(understood: &Understood) -> Self {
        let mut marks = Self::default();
        if understood.project.language != Language::Terraform {
            for resource in &understood.project.resources {
                let (found, wrong) = triage::from_metadata(resource, &understood.project.origins);
                marks.suppressions.extend(found);
                marks.problems.extend(wrong);
            }
        }
        marks
    }

    pub fn extend(&mut self, other: Self) {
        self.suppressions.extend(other.suppressions);
        self.problems.extend(other.problems);
    }
}

/// Gives findings their status, adds those about unused suppressions, and returns what is wrong with suppressions.
pub fn apply(
    context: &Context<'_>,
    marks: Marks,
    findings: &mut Vec<Finding>,
    undetermined: &[Undetermined],
) -> Vec<Problem> {
    if !context.request.suppressions {
        return Vec::new();
    }
    let mut problems = Vec::new();
    let mut written = from_configuration(context);
    for file in context.sources.all() {
        if triage::may_hold_marks(file.text()) && !is_installed(&file.path) {
            let (found, wrong) = (context.comments)(&file);
            written.extend(found);
            problems.extend(wrong);
        }
    }
    written.extend(marks.suppressions);
    problems.extend(marks.problems);
    if written.is_empty() {
        return distinct(problems);
    }
    // A project that is evaluated for several deployments has the same metadata each time.
    let mut seen: Vec<(Span, String)> = Vec::new();
    written.retain(|one| {
        let key = (one.span, one.name.clone());
        let fresh = !seen.contains(&key);
        if fresh {
            seen.push(key);
        }
        fresh
    });
    if !context.request.other_tools || context.config.other_tools == Some(false) {
        written.retain(|one| one.kind != SuppressionKind::OtherTool);
    }
    let (mut suppressions, unknown) = triage::resolve(written, &Names::of(context.pack));
    problems.extend(forbidden(context, &mut suppressions));
    problems.extend(unknown.into_iter().map(|problem| of_configuration(problem, context.config)));
    let used = triage::suppress(findings, &suppressions, context.request.today, context.sources);
    if let Some(severity) = context.choices.base.unused_suppressions {
        let whole = covers_configuration(context.request, context.config, context.here);
        let judged = |policy: &str| context.choices.is_on(context.pack, policy);
        let unused = triage::unused(&suppressions, &used, undetermined, &judged, context.sources);
        findings.extend(unused.into_iter().filter_map(|mut finding| {
            finding.severity = severity;
            let own = Some(finding.primary.span.file) == context.config.file;
            let shared = !own && context.config.files.contains(&finding.primary.span.file);
            // Part of a repository says nothing about what the rest needs, and a file that several share nothing about
            // the others.
            (!shared && (whole || !own)).then_some(finding)
        }));
    }
    distinct(problems)
}

/// Takes from suppressions the policies that the configuration does not let anybody suppress, and says so.
fn forbidden(context: &Context<'_>, suppressions: &mut [Suppression]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut barred: Vec<String> = Vec::new();
    for (name, span) in &context.config.unsuppressible {
        let found = if PILLARS.contains(&name.as_str()) {
            context.pack.iter().filter(|policy| policy.pillar == *name).collect()
        } else {
            find_policies(context.pack, name)
        };
        if found.is_empty() {
            let help = context.pack.suggest(name).map(|meant| format!("did you mean `{meant}`?"));
            let problem = Problem::error(*span, format!("`unsuppressible` names `{name}`, which is no policy"));
            problems.push(problem.with_help(help.unwrap_or_else(|| "`dynalens policies` lists them".to_owned())));
        }
        barred.extend(found.iter().map(|policy| policy.name.to_string()));
    }
    for suppression in suppressions {
        let before = suppression.policies.len();
        suppression.policies.retain(|policy| !barred.contains(policy));
        if suppression.policies.len() < before && suppression.kind != SuppressionKind::OtherTool {
            let message = format!("`{}` can't be suppressed here: the configuration forbids it", suppression.name);
            let help = "mend it, or take the name out of `unsuppressible`";
            problems.push(Problem::note(suppression.span, message).with_help(help));
        }
    }
    problems
}

/// A mistake in the configuration file is an error; one in a comment is a note.
fn of_configuration(mut problem: Problem, config: &Config) -> Problem {
    if problem.span.is_some_and(|span| config.files.contains(&span.file)) {
        problem.kind = ProblemKind::Error;
    }
    problem
}

fn distinct(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by(|a, b| (a.span, &a.message).cmp(&(b.span, &b.message)));
    problems.dedup();
    problems
}

/// Whether a file lies in a folder of installed modules, where nobody writes comments for us.
pub fn is_installed(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == ".terraform" || part.as_os_str() == ".terragrunt-cache")
}

/// Looks for suppressions in the comments of a file, of which a tree may be there already.
pub fn in_tree(file: &Arc<SourceFile>, tree: Option<&Tree>) -> Commented {
    match tree.filter(|_| FileKind::of(&file.path, file.text().as_bytes()) == FileKind::Yaml) {
        Some(tree) => {
            let spans: Vec<Span> = tree.comments.iter().map(|comment| comment.span).collect();
            triage::from_comments(file, &spans, true)
        }
        None => in_file(file),
    }
}

/// Looks for suppressions in the comments of a file.
pub fn in_file(file: &Arc<SourceFile>) -> Commented {
    let (comments, indented) = match FileKind::of(&file.path, file.text().as_bytes()) {
        FileKind::Terraform | FileKind::OpenTofu => (syntax::hcl::parse(Arc::clone(file)).comments, false),
        FileKind::Terragrunt | FileKind::TerragruntPart
            if file.path.extension().is_some_and(|extension| extension == "hcl") =>
        {
            (syntax::hcl::parse(Arc::clone(file)).comments, false)
        }
        FileKind::Yaml => (syntax::yaml::parse(Arc::clone(file)).comments, true),
        // JSON has no comments, but Terraform passes over the key `//`.
        FileKind::TerraformJson | FileKind::OpenTofuJson => {
            let tree = syntax::json::parse(Arc::clone(file));
            let mut spans = Vec::new();
            if let Some(root) = tree.root() {
                comment_keys(root, 0, &mut spans);
            }
            return triage::from_comments(file, &spans, false);
        }
        _ => return (Vec::new(), Vec::new()),
    };
    let spans: Vec<Span> = comments.iter().map(|comment| comment.span).collect();
    triage::from_comments(file, &spans, indented)
}

/// The texts under `//` keys.
fn comment_keys(node: NodeRef<'_>, depth: usize, spans: &mut Vec<Span>) {
    if depth > syntax::DEPTH_LIMIT {
        return;
    }
    for (key, value) in node.entries() {
        if key.text() == Some("//") {
            spans.extend(value.text_span());
        } else {
            comment_keys(value, depth + 1, spans);
        }
    }
    for item in node.items() {
        comment_keys(item, depth + 1, spans);
    }
}

fn from_configuration(context: &Context<'_>) -> Vec<Suppression> {
    let working = context.here.absolute(Path::new(""));
    let base = context.here.absolute(&context.config.directory);
    let mut found = Vec::new();
    for entry in &context.config.suppressions {
        // The glob was held against the rules when the file was read.
        let path = entry.path.as_ref().and_then(|glob| Glob::new(glob, &base, &working).ok());
        for (name, span) in &entry.policies {
            found.push(Suppression {
                kind: SuppressionKind::Configuration,
                span: *span,
                name: name.clone(),
                policies: Vec::new(),
                reason: entry.reason.clone(),
                until: entry.until,
                reach: Reach::Pattern { address: entry.address.clone(), path: path.clone() },
            });
        }
    }
    found
}

/// Whether the run looks at everything that the configuration is about.
#[must_use]
pub fn covers_configuration(request: &Request, config: &Config, here: &Here) -> bool {
    let directory = here.absolute(&config.directory);
    let paths = &request.paths;
    let covers = |path: &Path| directory.starts_with(here.absolute(path));
    if paths.is_empty() {
        request.stdin.is_none() && covers(Path::new(""))
    } else {
        paths.iter().any(|path| covers(path))
    }
}

/// Marks what is less sure than was asked for.
pub fn below_threshold(findings: &mut [Finding], request: &Request) {
    for finding in findings {
        if finding.status == Status::Active && finding.confidence < request.min_confidence {
            finding.status = Status::BelowThreshold;
        }
    }
}

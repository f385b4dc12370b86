//! From projects and policies to findings.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::choices::Choices;
use super::environments::Deployment;
use super::outcome::Counts;
use super::policies::Choice;
use super::request::Request;
use super::suppress::{Marks, is_installed};
use super::understand::{Understood, guarded};
use crate::config::Config;
use crate::finding::fix::Mender;
use crate::finding::{Finding, Fix, Undetermined, verdict};
use crate::model::neighbours::Summary;
use crate::model::schema::Subject;
use crate::policy::Pack;
use crate::policy::engine::{self, Judgement, Settings, Verdict};
use crate::policy::evaluate::Words;
use crate::resource::Problem;
use crate::source::{Sources, Span};
use crate::syntax::edit;

/// What judging takes.
pub struct Judge<'a> {
    pub request: &'a Request,
    pub config: &'a Config,
    pub pack: &'a Pack,
    pub choices: &'a Choices,
    pub deployments: &'a [Deployment],
    pub sources: &'a Sources,
    /// Whether findings come with their fixes.
    pub fixes: bool,
}

/// What is kept of a project once it is judged.
#[derive(Clone, Debug)]
pub struct JudgedProject {
    path: PathBuf,
    deployment: usize,
    counts: Counts,
    places: BTreeSet<PathBuf>,
    verdicts: Result<Verdicts, Problem>,
    marks: Marks,
    /// What it tells the other projects of the run, where there are any.
    summary: Option<Arc<Summary>>,
    /// The policies with findings that a companion in another project may take back.
    hanging: BTreeSet<String>,
}

impl JudgedProject {
    /// Which of the run's deployments it was evaluated for.
    pub fn deployment(&self) -> usize {
        self.deployment
    }

    /// Whether a finding hangs on others.
    pub fn hangs(&self) -> bool {
        !self.hanging.is_empty()
    }

    /// Works out what it tells the others, where that has not been done.
    pub fn summarize(&mut self, understood: &Understood) {
        self.summary.get_or_insert_with(|| Arc::new(Summary::of(&understood.project, &understood.model)));
    }

    /// What it tells the others, and whether a finding hangs on them.
    pub fn summary(&self) -> Option<(Arc<Summary>, bool)> {
        Some((Arc::clone(self.summary.as_ref()?), self.hangs()))
    }
}

/// Who passes in a project, for each of the choices of policies that hold in it.
#[derive(Debug, Default)]
pub struct Known(Vec<(Arc<Choice>, engine::Known)>);

/// What came of all projects.
#[derive(Debug, Default)]
pub struct Judged {
    pub findings: Vec<Finding>,
    pub undetermined: Vec<Undetermined>,
    pub problems: Vec<Problem>,
    /// How many projects, resources and tables there were.
    pub counts: Counts,
    /// The files of resources.
    pub places: BTreeSet<PathBuf>,
    /// Suppressions in the metadata of resources.
    pub marks: Marks,
}

/// The files that speak for a project's resources when settings depend on the path.
fn places(understood: &Understood, sources: &Sources) -> BTreeSet<PathBuf> {
    let resources = understood.project.resources.iter().enumerate();
    resources.filter_map(|(index, resource)| place(understood, resource.span, index, sources)).collect()
}

/// The file of an entity, or that of the call that leads to it where it lies in an installed module.
fn place(understood: &Understood, span: Span, resource: usize, sources: &Sources) -> Option<PathBuf> {
    let path = |span: Span| sources.get(span.file).map(|file| file.path.clone());
    let own = path(span)?;
    if !is_installed(&own) {
        return Some(own);
    }
    let calls = understood.project.resources.get(resource).map(|resource| resource.calls.as_slice());
    let calls = calls.unwrap_or_default().iter().rev();
    calls.filter_map(|call| path(call.header)).find(|path| !is_installed(path)).or(Some(own))
}

type Verdicts = (Vec<Finding>, Vec<Undetermined>);

/// What is known beforehand, and what will be.
struct Again<'a> {
    before: Option<(&'a Understood, &'a Known)>,
    known: Known,
}

impl<'a> Again<'a> {
    fn before(&self, choice: &Arc<Choice>) -> Option<engine::Before<'a>> {
        let (Understood { project, model, .. }, Known(known)) = self.before?;
        let (_, known) = known.iter().find(|(known, _)| Arc::ptr_eq(known, choice))?;
        Some(engine::Before { project, model, known })
    }
}

impl Judge<'_> {
    /// Judges a project for its deployment by itself.
    pub fn project(&self, understood: &Understood, alone: bool) -> JudgedProject {
        self.by(understood, alone, &mut None)
    }

    /// The same for a project that will be judged again after an edit, with what is then known beforehand. `before` is
    /// what it was when it was judged last, for the same deployment by the same configuration. What it tells others is
    /// left for when somebody asks.
    pub fn again(&self, understood: &Understood, before: Option<(&Understood, &Known)>) -> (JudgedProject, Known) {
        let mut again = Some(Again { before, known: Known::default() });
        let judged = self.by(understood, true, &mut again);
        (judged, again.map(|again| again.known).unwrap_or_default())
    }

    fn by(&self, understood: &Understood, alone: bool, again: &mut Option<Again<'_>>) -> JudgedProject {
        let path = understood.project.path.clone();
        let places = places(understood, self.sources);
        self.choices.prepare(places.iter().map(PathBuf::as_path), self.request, self.config, self.pack);
        let verdicts = guarded(&path, || self.one(understood, &places, None, again));
        let summary = if alone { None } else { Some(Arc::new(Summary::of(&understood.project, &understood.model))) };
        let elsewhere = |policy: &str| self.pack.get(policy).is_some_and(|page| page.looks_elsewhere());
        let findings = verdicts.iter().flat_map(|(findings, _)| findings);
        let hanging = findings.map(|finding| &finding.policy).filter(|policy| elsewhere(policy)).cloned().collect();
        let marks = if self.request.suppressions { Marks::of(understood) } else { Marks::default() };
        let counts = count(understood);
        JudgedProject { counts, deployment: understood.deployment, path, places, verdicts, marks, summary, hanging }
    }

    /// Judges what hangs on other projects again, for a project that was lent what they have for it. Companions there
    /// take findings back and make no new ones.
    pub fn among(&self, understood: &Understood, mut judged: JudgedProject) -> JudgedProject {
        let again = guarded(&judged.path, || self.one(understood, &judged.places, Some(&judged.hanging), &mut None));
        let (Ok((findings, undetermined)), Ok((before, open))) = (again, &mut judged.verdicts) else { return judged };
        let key = |policy: &String, address: &str| (policy.clone(), address.to_owned());
        let hung: BTreeSet<(String, String)> = before
            .iter()
            .filter(|finding| judged.hanging.contains(&finding.policy))
            .map(|finding| key(&finding.policy, &finding.resource.address))
            .collect();
        before.retain(|finding| !judged.hanging.contains(&finding.policy));
        before.extend(findings.into_iter().filter(|one| hung.contains(&key(&one.policy, &one.resource.address))));
        let is_new = |one: &Undetermined| {
            hung.contains(&key(&one.policy, &one.resource.address))
                && !open.iter().any(|old| {
                    old.policy == one.policy && old.resource.address == one.resource.address && old.why == one.why
                })
        };
        let new: Vec<Undetermined> = undetermined.into_iter().filter(is_new).collect();
        open.extend(new);
        judged
    }

    /// Puts together what came of all projects.
    pub fn all(&self, projects: Vec<JudgedProject>) -> Judged {
        let mut judged = Judged::default();
        let mut by_project: Vec<(PathBuf, usize, Vec<Finding>)> = Vec::new();
        for project in projects {
            match project.verdicts {
                Ok((findings, undetermined)) => {
                    by_project.push((project.path, project.deployment, findings));
                    judged.undetermined.extend(undetermined);
                }
                Err(problem) => judged.problems.push(problem),
            }
            judged.counts.projects += project.counts.projects;
            judged.counts.resources += project.counts.resources;
            judged.counts.tables += project.counts.tables;
            judged.places.extend(project.places);
            judged.marks.extend(project.marks);
        }
        judged.findings = self.over_deployments(by_project);
        judged
    }

    fn settings(&self, deployment: &Deployment, choice: &Choice) -> Settings {
        let mut settings = choice.settings.clone();
        settings.production = deployment.production;
        settings.region = deployment.terraform.region.as_ref().map(ToString::to_string);
        settings.account = deployment.terraform.account.as_ref().map(ToString::to_string);
        settings.words = self.words();
        settings.fixes = self.fixes;
        settings
    }

    fn words(&self) -> Words {
        let mut words = Words::default();
        let lists = &self.config.non_production;
        if let Some(own) = &lists.words {
            words.non_production = own.iter().cloned().collect();
        }
        if let Some(own) = &lists.tags {
            words.environment = own.iter().cloned().collect();
        }
        words
    }

    /// The verdicts on a project, by all policies or by some.
    fn one(
        &self,
        understood: &Understood,
        places: &BTreeSet<PathBuf>,
        only: Option<&BTreeSet<String>>,
        again: &mut Option<Again<'_>>,
    ) -> Verdicts {
        let sources = self.sources;
        let Understood { project, model, deployment } = understood;
        let Some(deployment) = self.deployments.get(*deployment) else { return Verdicts::default() };
        let is_own = |span: Span| sources.get(span.file).is_none_or(|file| !is_installed(&file.path));
        let mut findings = Vec::new();
        let mut undetermined = Vec::new();
        let mender = Mender::new(project, model, sources, &is_own);
        // Most often the same holds for all of a project.
        let mut choices: Vec<Arc<Choice>> = Vec::new();
        for path in places {
            let choice = self.choices.of(path);
            if !choices.iter().any(|known| Arc::ptr_eq(known, &choice)) {
                choices.push(choice);
            }
        }
        let several = choices.len() > 1;
        for choice in choices {
            let settings = Settings { only: only.cloned(), ..self.settings(deployment, &choice) };
            let mut hear = |judgement: &Judgement<'_>| {
                let entity = model.get(judgement.entity);
                let elsewhere = || {
                    let place = place(understood, entity.span, entity.resource, sources);
                    place.is_some_and(|path| !Arc::ptr_eq(&self.choices.of(&path), &choice))
                };
                if several && elsewhere() {
                    return;
                }
                match &judgement.verdict {
                    Verdict::Pass => {}
                    Verdict::Fail(failure) => {
                        let mut finding = verdict::finding(project, entity, judgement.policy, failure, &is_own);
                        finding.fix = mender.fix(judgement.entity, failure);
                        findings.push(finding);
                    }
                    Verdict::Undetermined { why, span } => {
                        undetermined.push(verdict::undetermined(project, entity, judgement.policy, why, *span));
                    }
                }
            };
            match again {
                None => engine::judge_each(project, model, self.pack, &settings, &mut hear),
                Some(again) => {
                    let before = again.before(&choice);
                    let known = engine::judge_again(project, model, self.pack, &settings, before, &mut hear);
                    again.known.0.extend(known.map(|known| (Arc::clone(&choice), known)));
                }
            }
        }
        (findings, undetermined)
    }

    /// Makes one finding of those that several deployments share. One that does not hold in all deployments says in
    /// which it does.
    fn over_deployments(&self, by_project: Vec<(PathBuf, usize, Vec<Finding>)>) -> Vec<Finding> {
        if self.deployments.len() < 2 {
            return by_project.into_iter().flat_map(|(_, _, findings)| findings).collect();
        }
        let mut merged: Vec<(Finding, Vec<usize>)> = Vec::new();
        let mut known: FxHashMap<String, usize> = FxHashMap::default();
        for (path, deployment, findings) in by_project {
            for finding in findings {
                let span = finding.primary.span;
                let key = format!(
                    "{}\0{}\0{}\0{}\0{}\0{}\0{:?}\0{}",
                    path.display(),
                    finding.policy,
                    finding.resource.address,
                    span.file.0,
                    span.start,
                    span.end,
                    finding.case,
                    finding.message
                );
                match known.get(&key).and_then(|index| merged.get_mut(*index)) {
                    Some((first, deployments)) => {
                        deployments.push(deployment);
                        for label in finding.related {
                            if !first.related.contains(&label) {
                                first.related.push(label);
                            }
                        }
                        first.confidence = first.confidence.max(finding.confidence);
                        first.fix = both_fixes(first.fix.take(), finding.fix);
                    }
                    None => {
                        known.insert(key, merged.len());
                        merged.push((finding, vec![deployment]));
                    }
                }
            }
        }
        merged.into_iter().map(|(finding, deployments)| self.in_case(finding, &deployments)).collect()
    }

    fn in_case(&self, mut finding: Finding, deployments: &[usize]) -> Finding {
        if deployments.len() < self.deployments.len() {
            let names: Vec<&str> =
                deployments.iter().filter_map(|index| self.deployments.get(*index)?.name.as_deref()).collect();
            let environments = format!("the environment is {}", names.join(" or "));
            finding.case = Some(match finding.case {
                Some(case) => format!("{environments} and {case}"),
                None => environments,
            });
        }
        finding
    }
}

/// What mends a finding in two deployments; nothing where it can't be mended in one of them.
fn both_fixes(one: Option<Fix>, other: Option<Fix>) -> Option<Fix> {
    let (one, other) = (one?, other?);
    let edits = edit::in_order(one.edits.into_iter().chain(other.edits).collect())?;
    Some(Fix { safe: one.safe && other.safe, title: one.title, edits, leads_to: one.leads_to })
}

/// Counts a project once, however many deployments it is evaluated for.
fn count(understood: &Understood) -> Counts {
    if understood.deployment > 0 {
        return Counts::default();
    }
    Counts {
        projects: 1,
        resources: understood.project.resources.iter().filter(|resource| resource.managed).count(),
        tables: understood.model.of(Subject::Table).filter(|(_, table)| table.managed).count(),
        ..Counts::default()
    }
}

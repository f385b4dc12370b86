//! Applying fixes: in rounds, each of which is held against a second analysis before it counts.
//!
//! Takes a request and a file system, gives the texts that files have afterwards, and writes nothing. A round takes
//! the fixes that do not touch the same places; afterwards their findings have to be gone, and no new finding and no
//! error may have come. Where that does not hold, fewer are tried, down to single ones, which are then left out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

use super::outcome::Analysis;
use super::request::{Request, UsageError};
use super::run;
use crate::finding::triage::UNUSED_SUPPRESSION;
use crate::finding::{Edit, Finding, Status};
use crate::resource::ProblemKind;
use crate::source::{FileSystem, Overlay, Span, lexical};
use crate::syntax::edit;

/// How many rounds and attempts there are; each takes an analysis.
const MOST_ATTEMPTS: usize = 400;

/// The title of findings that no fix of their own mended.
const WENT_AS_WELL: &str = "went with what the fixes above change";

/// What fixing came to.
#[derive(Debug)]
pub struct Fixing {
    /// In the order of their paths.
    pub files: Vec<ChangedFile>,
    /// What was mended, in the order of the rounds. Findings that went with what others' fixes changed are among them,
    /// behind the others of their round.
    pub fixed: Vec<Fixed>,
    /// Findings whose fix did not stand the test, with the reason.
    pub refused: Vec<(Fixed, String)>,
    /// How many of the findings that are left have a fix that was not asked for.
    pub unsafe_left: usize,
    /// What is found afterwards.
    pub analysis: Analysis,
}

/// A file with its text before and afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedFile {
    pub path: PathBuf,
    pub before: String,
    pub after: String,
}

/// A finding that was mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    pub policy: String,
    pub address: String,
    pub title: String,
    pub safe: bool,
    /// The file and line (from 1) where the finding stood.
    pub path: PathBuf,
    pub line: usize,
}

/// Which fixes are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Safe,
    All,
}

/// Mends what can be mended, in memory.
///
/// # Errors
/// A request that can't be met as it is.
pub fn fix(request: &Request, fs: &dyn FileSystem, which: Which) -> Result<Fixing, UsageError> {
    let mut request = request.clone();
    request.fixes = true;
    let look = |texts: &Texts| {
        let mut request = request.clone();
        let mut overlay = Overlay::over(fs);
        for (path, text) in texts {
            overlay.set(lexical(path), text.as_bytes());
            if let Some((own, bytes)) = &mut request.stdin
                && *own == *path
            {
                *bytes = text.clone().into_bytes();
            }
        }
        run(&request, &overlay)
    };
    fix_by(&look, which, None)
}

/// The texts that some files have in place of those on the disk.
pub(super) type Texts = BTreeMap<PathBuf, String>;

/// The same with another way to look at texts, which gives findings with their fixes; `only` for the fixes that change
/// nothing but one file.
///
/// # Errors
/// Those of looking.
pub(super) fn fix_by(
    look: &dyn Fn(&Texts) -> Result<Analysis, UsageError>,
    which: Which,
    only: Option<&Path>,
) -> Result<Fixing, UsageError> {
    let analysis = look(&Texts::new())?;
    let mut state = State { look, texts: BTreeMap::new(), originals: BTreeMap::new(), analysis };
    let (mut fixed, mut refused) = (Vec::new(), Vec::new());
    let mut rejected: FxHashSet<String> = FxHashSet::default();
    // What an attempt failed for waits until all else is done, and is then tried one by one.
    let mut held: FxHashSet<String> = FxHashSet::default();
    let (mut most, mut alone) = (usize::MAX, false);
    for attempts in 1..=MOST_ATTEMPTS {
        let waits = |key: &String| rejected.contains(key) || held.contains(key);
        let chosen = choose(&state.analysis, which, only, &waits, most);
        if chosen.is_empty() {
            if held.is_empty() {
                break;
            }
            held.clear();
            (most, alone) = (1, true);
            continue;
        }
        if attempts == MOST_ATTEMPTS {
            let why = "its turn did not come; run the command again";
            refused.extend(chosen.iter().filter_map(|finding| Some((state.described(finding)?, why.to_owned()))));
            break;
        }
        match state.attempt(&chosen)? {
            Ok(next) => {
                fixed.extend(chosen.iter().filter_map(|finding| state.described(finding)));
                let safe = chosen.iter().all(|finding| finding.fix.as_ref().is_some_and(|fix| fix.safe));
                for finding in gone_as_well(&state.analysis, &next.analysis, &chosen) {
                    fixed.extend(state.at(finding, WENT_AS_WELL.to_owned(), safe));
                }
                state.accept(next);
                most = if alone { 1 } else { most.saturating_mul(2) };
            }
            Err(objection) if chosen.len() == 1 => {
                let finding = chosen[0];
                rejected.insert(key(finding));
                refused.extend(state.described(finding).map(|described| (described, objection.why)));
            }
            Err(objection) if !objection.suspects.is_empty() && objection.suspects.len() < chosen.len() => {
                held.extend(objection.suspects.iter().filter_map(|at| chosen.get(*at)).map(|finding| key(finding)));
            }
            Err(_) => most = chosen.len() / 2,
        }
    }
    let unsafe_left = state
        .analysis
        .active_findings()
        .filter(|finding| finding.fix.as_ref().is_some_and(|fix| which == Which::Safe && !fix.safe))
        .count();
    let files = state
        .texts
        .iter()
        .filter_map(|(path, after)| {
            let before = state.originals.get(path)?;
            (before != after).then(|| ChangedFile { path: path.clone(), before: before.clone(), after: after.clone() })
        })
        .collect();
    Ok(Fixing { files, fixed, refused, unsafe_left, analysis: state.analysis })
}

/// What a finding is called from round to round.
fn key(finding: &Finding) -> String {
    format!("{}\0{}\0{}\0{:?}", finding.fingerprint, finding.resource.address, finding.message, finding.case)
}

/// The fixes that may be applied together, in the order of the findings.
fn choose<'a>(
    analysis: &'a Analysis,
    which: Which,
    only: Option<&Path>,
    waits: &dyn Fn(&String) -> bool,
    most: usize,
) -> Vec<&'a Finding> {
    let is_in = |edit: &Edit| {
        only.is_none_or(|path| analysis.sources.get(edit.span.file).is_some_and(|file| file.path == path))
    };
    let mut chosen: Vec<&Finding> = Vec::new();
    let mut edits: Vec<&Edit> = Vec::new();
    for finding in &analysis.findings {
        if chosen.len() >= most {
            break;
        }
        let Some(fix) = &finding.fix else { continue };
        if finding.status != Status::Active || !(fix.safe || which == Which::All) || waits(&key(finding)) {
            continue;
        }
        if !fix.edits.iter().all(is_in) {
            continue;
        }
        if fix.edits.iter().any(|edit| edits.iter().any(|other| touch(edit, other))) {
            continue;
        }
        edits.extend(&fix.edits);
        chosen.push(finding);
    }
    chosen
}

/// Whether two edits have to wait for each other: they overlap, or put the same thing at the same place.
fn touch(a: &Edit, b: &Edit) -> bool {
    if a.span.file != b.span.file {
        return false;
    }
    let word = |text: &str| {
        let text = text.trim_start_matches(|letter: char| !letter.is_alphanumeric());
        text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().map(str::to_owned)
    };
    // Where the `=` of a second argument stands depends on whether the first one stands apart from what is there.
    let argument = |text: &str| text.trim().lines().count() == 1 && text.contains(" = ");
    let apart = |text: &str| text.starts_with("\n\n") || text.starts_with("\r\n\r\n");
    let in_line = |a: &str, b: &str| argument(a) && argument(b) && (apart(a) || apart(b));
    match (a.span.is_empty(), b.span.is_empty()) {
        (true, true) => a.span.start == b.span.start && (word(&a.text) == word(&b.text) || in_line(&a.text, &b.text)),
        (true, false) => inside(a.span.start, b.span),
        (false, true) => inside(b.span.start, a.span),
        (false, false) => a.span.start < b.span.end && b.span.start < a.span.end,
    }
}

fn inside(at: u32, span: Span) -> bool {
    span.start <= at && at <= span.end
}

/// The texts so far and what is found in them.
struct State<'f> {
    look: &'f dyn Fn(&Texts) -> Result<Analysis, UsageError>,
    texts: BTreeMap<PathBuf, String>,
    originals: BTreeMap<PathBuf, String>,
    analysis: Analysis,
}

/// What an attempt gives.
struct Next {
    texts: BTreeMap<PathBuf, String>,
    originals: BTreeMap<PathBuf, String>,
    analysis: Analysis,
}

impl State<'_> {
    /// Applies some fixes and looks again; the reason where they do not stand the test.
    fn attempt(&self, chosen: &[&Finding]) -> Result<Result<Next, Objection>, UsageError> {
        let mut by_file: BTreeMap<u32, Vec<&Edit>> = BTreeMap::new();
        for edit in chosen.iter().filter_map(|finding| finding.fix.as_ref()).flat_map(|fix| &fix.edits) {
            by_file.entry(edit.span.file.0).or_default().push(edit);
        }
        let mut texts = self.texts.clone();
        let mut originals = self.originals.clone();
        for edits in by_file.into_values() {
            let Some(file) = edits.first().and_then(|edit| self.analysis.sources.get(edit.span.file)) else {
                return Ok(Err(Objection::new("its file is not there any more")));
            };
            let Some(after) = edit::apply(file.text(), edits) else {
                return Ok(Err(Objection::new("its edits overlap")));
            };
            originals.entry(file.path.clone()).or_insert_with(|| file.text().to_owned());
            texts.insert(file.path.clone(), after);
        }
        let analysis = (self.look)(&texts)?;
        Ok(match objection(&self.analysis, &analysis, chosen) {
            None => Ok(Next { texts, originals, analysis }),
            Some(objection) => Err(objection),
        })
    }

    fn accept(&mut self, next: Next) {
        self.texts = next.texts;
        self.originals = next.originals;
        self.analysis = next.analysis;
    }

    fn described(&self, finding: &Finding) -> Option<Fixed> {
        let fix = finding.fix.as_ref()?;
        self.at(finding, fix.title.clone(), fix.safe)
    }

    fn at(&self, finding: &Finding, title: String, safe: bool) -> Option<Fixed> {
        let file = self.analysis.sources.get(finding.primary.span.file)?;
        Some(Fixed {
            policy: finding.policy.clone(),
            address: finding.resource.address.clone(),
            title,
            safe,
            path: file.path.clone(),
            line: file.lines().line_of(finding.primary.span.start) + 1,
        })
    }
}

type Counts<'a> = FxHashMap<(&'a str, &'a str), usize>;

fn counts(findings: &[Finding]) -> Counts<'_> {
    let mut counts = Counts::default();
    for finding in findings.iter().filter(|finding| finding.policy != UNUSED_SUPPRESSION) {
        *counts.entry((&finding.policy, &finding.resource.address)).or_default() += 1;
    }
    counts
}

/// Findings without a fix in this round that are not there any more after it.
fn gone_as_well<'a>(before: &'a Analysis, after: &Analysis, chosen: &[&Finding]) -> Vec<&'a Finding> {
    let (earlier, later) = (counts(&before.findings), counts(&after.findings));
    let left: FxHashSet<String> = after.findings.iter().map(key).collect();
    let mut gone: Vec<&Finding> = Vec::new();
    for finding in before.active_findings() {
        let name = (finding.policy.as_str(), finding.resource.address.as_str());
        let of_name = |other: &&&Finding| (other.policy.as_str(), other.resource.address.as_str()) == name;
        if finding.policy == UNUSED_SUPPRESSION || chosen.iter().any(|other| std::ptr::eq(*other, finding)) {
            continue;
        }
        let [earlier, later] = [&earlier, &later].map(|counts| counts.get(&name).copied().unwrap_or_default());
        let lost = earlier.saturating_sub(later);
        let told = chosen.iter().filter(of_name).count() + gone.iter().filter(of_name).count();
        if told < lost && !left.contains(&key(finding)) {
            gone.push(finding);
        }
    }
    gone
}

/// What is wrong with the texts after some fixes.
struct Objection {
    why: String,
    /// The fixes that it is probably about, as places among those that were tried; none where that can't be told.
    suspects: Vec<usize>,
}

impl Objection {
    fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), suspects: Vec::new() }
    }
}

/// Why the texts after some fixes are not as they should be; nothing where they are.
fn objection(before: &Analysis, after: &Analysis, chosen: &[&Finding]) -> Option<Objection> {
    let those = |is: &dyn Fn(&Finding) -> bool| {
        chosen.iter().enumerate().filter(|(_, finding)| is(finding)).map(|(at, _)| at).collect::<Vec<usize>>()
    };
    let changes = |finding: &Finding, path: &Path| {
        let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
        edits.into_iter().any(|edit| before.sources.get(edit.span.file).is_some_and(|file| file.path == path))
    };
    let (had, has) = (errors(before), errors(after));
    if has.values().sum::<usize>() > had.values().sum() {
        let more: Vec<&PathBuf> =
            has.iter().filter(|(path, count)| had.get(*path) < Some(*count)).map(|(path, _)| path).collect();
        let suspects = those(&|finding| more.iter().any(|path| changes(finding, path)));
        return Some(Objection { why: "the file would have an error".to_owned(), suspects });
    }
    let (earlier, later) = (counts(&before.findings), counts(&after.findings));
    let named = |finding: &Finding| (finding.policy.clone(), finding.resource.address.clone());
    let mut tried: FxHashMap<(String, String), usize> = FxHashMap::default();
    for finding in chosen {
        *tried.entry(named(finding)).or_default() += 1;
    }
    let stays = those(&|finding| {
        let name = (finding.policy.as_str(), finding.resource.address.as_str());
        let number = |counts: &Counts<'_>| counts.get(&name).copied().unwrap_or_default();
        let own = tried.get(&named(finding)).copied().unwrap_or_default();
        finding.policy != UNUSED_SUPPRESSION && number(&later) + own > number(&earlier)
    });
    if !stays.is_empty() {
        return Some(Objection { why: "the finding would still be there".to_owned(), suspects: stays });
    }
    let (knew, knows) = (open(before), open(after));
    let opened = those(&|finding| knew.get(&named(finding)) < knows.get(&named(finding)));
    if !opened.is_empty() {
        let why = "it could not be told any more whether the finding is gone".to_owned();
        return Some(Objection { why, suspects: opened });
    }
    let expected = |policy: &str| {
        chosen
            .iter()
            .filter_map(|finding| finding.fix.as_ref())
            .any(|fix| fix.leads_to.iter().any(|name| name == policy))
    };
    let mut new: Vec<(&str, &str)> = later
        .iter()
        .filter(|(name, count)| **count > earlier.get(*name).copied().unwrap_or_default() && !expected(name.0))
        .map(|(name, _)| *name)
        .collect();
    new.sort_unstable();
    let (policy, _) = *new.first()?;
    let mut suspects = those(&|finding| new.iter().any(|(_, address)| finding.resource.address == *address));
    if suspects.is_empty() {
        let is_new = |finding: &&Finding| new.contains(&(finding.policy.as_str(), finding.resource.address.as_str()));
        let files = after.findings.iter().filter(is_new).filter_map(|one| after.sources.get(one.primary.span.file));
        let files: Vec<_> = files.collect();
        suspects = those(&|finding| files.iter().any(|file| changes(finding, &file.path)));
    }
    Some(Objection { why: format!("it would bring a finding of {policy}"), suspects })
}

/// How many errors each file has.
fn errors(analysis: &Analysis) -> BTreeMap<PathBuf, usize> {
    let mut errors = BTreeMap::new();
    for problem in analysis.problems.iter().filter(|problem| problem.kind != ProblemKind::Note) {
        let file = problem.span.and_then(|span| analysis.sources.get(span.file));
        let path = file.map(|file| file.path.clone()).or_else(|| problem.path.clone()).unwrap_or_default();
        *errors.entry(path).or_default() += 1;
    }
    errors
}

/// How often it could not be told whether a policy holds at an address.
fn open(analysis: &Analysis) -> FxHashMap<(String, String), usize> {
    let mut open = FxHashMap::default();
    for one in &analysis.undetermined {
        *open.entry((one.policy.clone(), one.resource.address.clone())).or_default() += 1;
    }
    open
}

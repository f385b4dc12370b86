//! Code actions: what can be done about findings.

use std::path::{Path, PathBuf};

use gen_lsp_types::{
    Code, CodeAction, CodeActionKind, CodeActionParams, Command, Diagnostic, ExecuteCommandParams, Range, TextEdit,
};
use lsp_server::ErrorCode;
use serde_json::{Value, json};

use super::client::Client;
use super::edits::{self, FileEdit};
use super::places::Places;
use super::position::Lines;
use super::server::{Fault, Server};
use crate::analysis::session::Session;
use crate::analysis::{Analysis, comment_for, entry_for};
use crate::finding::suppress::Reason;
use crate::finding::triage::UNUSED_SUPPRESSION;
use crate::finding::{Finding, Status};
use crate::report::documentation;
use crate::source::{FileSystem, lexical};

/// The command that opens the page which a policy rests on.
pub const OPEN_PAGE: &str = "dynalens.server.openPage";

/// What stands in a suppression until somebody says it better.
const REASON: &str = "say why this is acceptable";

/// Everything safe in a file at once.
#[must_use]
pub fn fix_all_kind() -> CodeActionKind {
    CodeActionKind::new("source.fixAll.dynalens")
}

/// Whether a kind of action is one of those that are asked for: `source` asks for `source.fixAll` as well.
fn wanted(only: Option<&[CodeActionKind]>, kind: &str, unasked: bool) -> bool {
    let Some(only) = only else { return unasked };
    only.iter().map(|asked| String::from(asked.clone())).any(|asked| {
        asked.is_empty() || kind.strip_prefix(&asked).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

/// Whether two ranges have a place in common; an end that touches counts.
fn meets(a: Range, b: Range) -> bool {
    let key = |position: gen_lsp_types::Position| (position.line, position.character);
    key(a.start) <= key(b.end) && key(b.start) <= key(a.end)
}

/// `textDocument/codeAction`
pub fn at(server: &mut Server, params: &CodeActionParams) -> Vec<CodeAction> {
    let uri = &params.text_document.uri;
    let Some(path) = server.workspace.documents.path(uri).map(Path::to_owned) else { return Vec::new() };
    let only = params.context.only.as_deref();
    let client = server.client;
    let mut found: Vec<CodeAction> = Vec::new();
    if wanted(only, "quickfix", true) {
        server.workspace.each(&path, |_, session, fs, inside| {
            session.mended(fs, inside);
        });
        let known: Vec<&Diagnostic> = params.context.diagnostics.iter().collect();
        for (root, session) in server.workspace.sessions() {
            let maker = Maker {
                places: Places::new(&server.workspace.documents, root, session.sources(), client.encoding),
                analysis: session.analysis(),
                session,
                fs: &crate::source::Rooted::new(root, server.workspace.files()),
                client,
                known: &known,
            };
            for action in maker.at(&path, params.range) {
                if !found.contains(&action) {
                    found.push(action);
                }
            }
        }
    }
    // A source action is offered where it is asked for by its kind.
    if wanted(only, "source.fixAll.dynalens", false) {
        let mut action = CodeAction {
            title: "apply all safe fixes of dynalens".to_owned(),
            kind: Some(fix_all_kind()),
            data: Some(json!({ "fixAll": uri })),
            ..CodeAction::default()
        };
        if client.resolves_edits {
            if has_safe_fix(server, &path) {
                found.push(action);
            }
        } else if let Some(edit) = fix_all(server, &path) {
            action.edit = Some(edits::workspace_edit(vec![edit], client));
            action.data = None;
            found.push(action);
        }
    }
    found
}

/// Whether there is anything that could be mended safely in a file.
fn has_safe_fix(server: &mut Server, path: &Path) -> bool {
    let mut any = false;
    server.workspace.each(path, |_, session, fs, inside| {
        let analysis = session.mended(fs, inside);
        any |= analysis.active_findings().any(|finding| finding.fix.as_ref().is_some_and(|fix| fix.safe));
    });
    any
}

/// What `dynalens fix` makes of a file.
fn fix_all(server: &mut Server, path: &Path) -> Option<FileEdit> {
    let mut changed = None;
    server.workspace.each(path, |_, session, fs, inside| {
        if changed.is_none() && session.files().contains(inside) {
            changed = session.fix_all(fs, inside);
        }
    });
    let changed = changed?;
    let document = server.workspace.documents.get(path)?;
    if document.text != changed.before {
        return None;
    }
    let edits = edits::differences(&changed.before, &changed.after, &document.lines, server.client.encoding);
    Some(FileEdit { uri: document.uri.clone(), version: Some(document.version), edits, is_new: false })
}

/// `codeAction/resolve`
pub fn resolve(server: &mut Server, mut action: CodeAction) -> CodeAction {
    let uri = action.data.as_ref().and_then(|data| data.get("fixAll")).and_then(Value::as_str).map(str::to_owned);
    let Some(uri) = uri.filter(|_| action.edit.is_none()) else { return action };
    let uri = gen_lsp_types::Uri(uri);
    if let Some(path) = server.workspace.documents.path(&uri).map(Path::to_owned) {
        let edit = fix_all(server, &path);
        action.edit = Some(edits::workspace_edit(edit.into_iter().collect(), server.client));
    }
    action
}

/// `workspace/executeCommand`
///
/// # Errors
/// A command that there is not, or a policy.
pub fn execute(server: &mut Server, params: &ExecuteCommandParams) -> Result<Value, Fault> {
    if params.command != OPEN_PAGE {
        return Err(Fault::new(ErrorCode::InvalidParams, format!("there is no command `{}`", params.command)));
    }
    let name = params.arguments.iter().flatten().find_map(Value::as_str).unwrap_or_default().to_owned();
    let link = server.workspace.sessions().find_map(|(_, session)| link(session.analysis(), &name));
    match link {
        Some(link) => {
            server.tell_client("window/showDocument", json!({ "uri": link, "external": true }));
            Ok(Value::Null)
        }
        None => Err(Fault::new(ErrorCode::InvalidParams, format!("the policy `{name}` names no page"))),
    }
}

fn link(analysis: &Analysis, policy: &str) -> Option<String> {
    analysis.pack.get(policy).and_then(|page| documentation(&page.text))
}

/// Makes the actions for the findings of one session.
struct Maker<'a> {
    places: Places<'a>,
    analysis: &'a Analysis,
    session: &'a Session,
    fs: &'a dyn FileSystem,
    client: Client,
    /// The diagnostics that the client asks about.
    known: &'a [&'a Diagnostic],
}

impl Maker<'_> {
    fn at(&self, path: &PathBuf, range: Range) -> Vec<CodeAction> {
        let mut fixes = Vec::new();
        let mut others = Vec::new();
        for finding in self.analysis.findings.iter().filter(|finding| finding.status == Status::Active) {
            let Some((placed, place)) = self.places.range(finding.primary.span) else { continue };
            if placed.path != *path || !meets(place, range) {
                continue;
            }
            let diagnostic = self.diagnostic(finding, place);
            let with = |mut action: CodeAction| {
                action.diagnostics = diagnostic.clone().map(|one| vec![one]);
                action
            };
            fixes.extend(self.fix(finding).map(with));
            if finding.policy != UNUSED_SUPPRESSION {
                others.extend(self.comment(finding).map(with));
                others.extend(self.entry(finding).map(with));
            }
            others.extend(self.page(finding).filter(|action| !others.contains(action)));
        }
        fixes.extend(others);
        fixes
    }

    /// The client's own diagnostic of a finding.
    fn diagnostic(&self, finding: &Finding, place: Range) -> Option<Diagnostic> {
        let is_it = |one: &&&Diagnostic| {
            let named = matches!(&one.code, Some(Code::String(code)) if *code == finding.policy);
            let same = one.data.as_ref().and_then(|data| data.get("fingerprint"));
            named && one.range == place && same.is_none_or(|same| same == finding.fingerprint.as_str())
        };
        self.known.iter().find(is_it).map(|one| (*one).clone())
    }

    fn quick(title: String) -> CodeAction {
        CodeAction { title, kind: Some(CodeActionKind::QuickFix), ..CodeAction::default() }
    }

    fn fix(&self, finding: &Finding) -> Option<CodeAction> {
        let fix = finding.fix.as_ref()?;
        let edit = edits::of_spans(&fix.edits, &self.places, self.client)?;
        let title = if fix.safe { fix.title.clone() } else { format!("{} (unsafe)", fix.title) };
        let preferred = (self.client.is_preferred && fix.safe).then_some(true);
        Some(CodeAction { is_preferred: preferred, edit: Some(edit), ..Self::quick(title) })
    }

    /// The comment that `dynalens suppress` writes.
    fn comment(&self, finding: &Finding) -> Option<CodeAction> {
        let reason = Reason { text: REASON, until: None };
        let made = comment_for(self.places.sources, finding, &reason)?;
        let edit = edits::of_spans(&made, &self.places, self.client)?;
        let title = format!("suppress {} here", finding.policy);
        Some(CodeAction { edit: Some(edit), ..Self::quick(title) })
    }

    /// The entry that `dynalens suppress --in-configuration` writes.
    fn entry(&self, finding: &Finding) -> Option<CodeAction> {
        let reason = Reason { text: REASON, until: None };
        let changed = entry_for(self.session.request(), self.fs, self.places.sources, finding, &reason).ok()??;
        let path = lexical(&self.places.root.join(&changed.path));
        let is_new = !self.fs.is_file(&path);
        if is_new && !self.client.creates_files {
            return None;
        }
        let document = self.places.documents.get(&path);
        let body = if document.is_none() && changed.before.starts_with('\u{feff}') { 3 } else { 0 };
        let lines = Lines::new(&changed.before, body);
        let edits: Vec<TextEdit> = edits::differences(&changed.before, &changed.after, &lines, self.client.encoding);
        let uri = self.places.documents.uri_of(&path);
        let edit = FileEdit { uri, version: document.map(|document| document.version), edits, is_new };
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let title = format!("suppress {} of `{}` in {name}", finding.policy, finding.resource.address);
        Some(CodeAction { edit: Some(edits::workspace_edit(vec![edit], self.client)), ..Self::quick(title) })
    }

    /// Opens what the policy rests on.
    fn page(&self, finding: &Finding) -> Option<CodeAction> {
        if !self.client.shows_documents {
            return None;
        }
        link(self.analysis, &finding.policy)?;
        let title = format!("open the page about {}", finding.policy);
        let command = Command {
            title: title.clone(),
            command: OPEN_PAGE.to_owned(),
            arguments: Some(vec![json!(finding.policy)]),
            ..Command::default()
        };
        Some(CodeAction { command: Some(command), ..Self::quick(title) })
    }
}

//! Secrets: the texts of `NoEcho` parameters and of what Terraform marks as sensitive. The front ends do not look at
//! these values; here their places are noted, so that reports which show lines of files do not show them.

use std::collections::BTreeSet;
use std::sync::Arc;

use memchr::memmem;

use super::environments::Deployment;
use super::outcome::Analysis;
use crate::source::{FileKind, SourceFile, Sources, Span};
use crate::syntax::hcl::{self, ExprKind};
use crate::syntax::tree::NodeRef;
use crate::syntax::{self};

/// Notes the places of all secrets in the files of a run.
pub fn conceal(sources: &Sources, deployments: &[Deployment]) {
    let files = sources.all();
    let mut secrets = Secrets { sources, names: BTreeSet::new() };
    for file in &files {
        let text = file.text().as_bytes();
        match FileKind::of(&file.path, text) {
            FileKind::Yaml | FileKind::Json if memmem::find(text, b"NoEcho").is_some() => secrets.template(file),
            FileKind::Terraform | FileKind::OpenTofu if memmem::find(text, b"sensitive").is_some() => {
                secrets.module(file);
            }
            FileKind::TerraformJson | FileKind::OpenTofuJson if memmem::find(text, b"sensitive").is_some() => {
                secrets.json_module(file);
            }
            _ => {}
        }
    }
    if secrets.names.is_empty() {
        return;
    }
    // Whoever gives a secret its value writes it down elsewhere.
    for file in &files {
        match FileKind::of(&file.path, file.text().as_bytes()) {
            FileKind::Variables => secrets.variables(file),
            FileKind::Yaml | FileKind::Json => secrets.samconfig(file),
            _ => {}
        }
    }
    for deployment in deployments {
        let parameters = deployment.cloudformation.parameters.iter().map(|given| (&given.name, given.span));
        let variables = deployment.terraform.variables.iter().map(|given| (&given.name, given.span));
        for (name, span) in parameters.chain(variables) {
            if let Some(span) = span.filter(|_| secrets.names.contains(name.as_str())) {
                sources.conceal(span);
            }
        }
    }
}

struct Secrets<'a> {
    sources: &'a Sources,
    /// The names of parameters and variables.
    names: BTreeSet<String>,
}

/// Whether a node is `true`, or a text that says so.
fn is_true(node: NodeRef<'_>) -> bool {
    let text = node.text().map(str::to_owned);
    text.is_some_and(|text| text.eq_ignore_ascii_case("true"))
        || matches!(node.scalar(), Some(crate::syntax::tree::Scalar::Bool(true)))
}

impl Secrets<'_> {
    fn template(&mut self, file: &Arc<SourceFile>) {
        let tree = syntax::parse_data(Arc::clone(file));
        let Some(root) = tree.root() else { return };
        let nested = root.get("resources").and_then(|inner| inner.get("Parameters"));
        for parameters in root.get("Parameters").into_iter().chain(nested) {
            for (name, declared) in parameters.entries() {
                if declared.get("NoEcho").is_some_and(is_true) {
                    self.names.extend(name.text().map(str::to_owned));
                    for key in ["Default", "AllowedValues"] {
                        if let Some(value) = declared.get(key) {
                            self.sources.conceal(value.span());
                        }
                    }
                }
            }
        }
        // A parent passes secrets to nested stacks by their names.
        let resources = root.get("Resources").into_iter().flat_map(NodeRef::entries);
        for (_, resource) in resources {
            let passed = resource.get("Properties").and_then(|properties| properties.get("Parameters"));
            for (name, value) in passed.into_iter().flat_map(NodeRef::entries) {
                if name.text().is_some_and(|name| self.names.contains(name)) && value.text().is_some() {
                    self.sources.conceal(value.span());
                }
            }
        }
    }

    fn module(&mut self, file: &Arc<SourceFile>) {
        let document = hcl::parse(Arc::clone(file));
        for block in &document.body.blocks {
            let marked = block.body.attribute("sensitive").map(|attribute| &attribute.expr.kind);
            if !matches!(marked, Some(ExprKind::Bool(true))) {
                continue;
            }
            let secret = if block.name == "variable" { "default" } else { "value" };
            if block.name == "variable" {
                self.names.extend(block.label(0).map(str::to_owned));
            }
            if let Some(value) = block.body.attribute(secret) {
                self.sources.conceal(value.expr.span);
            }
        }
        // What the function is given, up to its bracket on the same line.
        let text = file.text();
        for (at, _) in text.match_indices("sensitive(") {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_') {
                continue;
            }
            let start = at + "sensitive(".len();
            let rest = text.get(start..).unwrap_or_default();
            let line = rest.find('\n').unwrap_or(rest.len());
            let end = rest.get(..line).and_then(|line| line.rfind(')')).unwrap_or(line);
            let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            self.sources.conceal(Span::new(file.id, offset(start), offset(start + end)));
        }
    }

    fn json_module(&mut self, file: &Arc<SourceFile>) {
        let tree = syntax::parse_data(Arc::clone(file));
        let Some(root) = tree.root() else { return };
        for (kind, secret) in [("variable", "default"), ("output", "value")] {
            for (name, declared) in root.get(kind).into_iter().flat_map(NodeRef::entries) {
                if declared.get("sensitive").is_some_and(is_true) {
                    if kind == "variable" {
                        self.names.extend(name.text().map(str::to_owned));
                    }
                    if let Some(value) = declared.get(secret) {
                        self.sources.conceal(value.span());
                    }
                }
            }
        }
    }

    fn variables(&self, file: &Arc<SourceFile>) {
        if file.path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json")) {
            let tree = syntax::parse_data(Arc::clone(file));
            for (name, value) in tree.root().into_iter().flat_map(NodeRef::entries) {
                if name.text().is_some_and(|name| self.names.contains(name)) {
                    self.sources.conceal(value.span());
                }
            }
            return;
        }
        for attribute in &hcl::parse(Arc::clone(file)).body.attributes {
            if self.names.contains(attribute.name.as_str()) {
                self.sources.conceal(attribute.expr.span);
            }
        }
    }

    /// `Name=value` in the texts of a `samconfig.toml`.
    fn samconfig(&self, file: &Arc<SourceFile>) {
        if file.path.extension().is_none_or(|end| end != "toml") {
            return;
        }
        let text = file.text();
        for name in &self.names {
            for (at, found) in text.match_indices(&format!("{name}=")) {
                let start = at + found.len();
                let rest = text.get(start..).unwrap_or_default();
                let end = rest.find([' ', '\n', '\r']).unwrap_or(rest.len());
                let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
                self.sources.conceal(Span::new(file.id, offset(start), offset(start + end)));
            }
        }
    }
}

/// Takes secrets out of what is said, should a message have quoted one.
pub fn scrub(analysis: &mut Analysis) {
    let texts = analysis.sources.concealed_texts();
    if texts.is_empty() {
        return;
    }
    let clean = |said: &mut String| {
        for text in &texts {
            if said.contains(text.as_str()) {
                *said = said.replace(text.as_str(), "***");
            }
        }
    };
    for finding in &mut analysis.findings {
        clean(&mut finding.message);
        clean(&mut finding.primary.message);
        finding.related.iter_mut().for_each(|label| clean(&mut label.message));
        [&mut finding.help, &mut finding.case].into_iter().flatten().for_each(clean);
    }
    for problem in &mut analysis.problems {
        clean(&mut problem.message);
        problem.help.iter_mut().for_each(clean);
    }
    analysis.undetermined.iter_mut().for_each(|verdict| clean(&mut verdict.why));
}

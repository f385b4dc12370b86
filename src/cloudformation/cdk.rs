//! The CDK's cloud assembly: what `manifest.json` says of the templates beside it.
//!
//! A synthesised template is evaluated like any other. The manifest adds the account and Region that the stack is bound
//! to and, for each resource, the path of its construct and the line of the user's own source that made it. Reference:
//! the cloud assembly schema of the AWS CDK.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use crate::resource::Resource;
use crate::source::{FileSystem, SourceFile, Span, lexical};
use crate::syntax::tree::{NodeRef, Tree};
use crate::value::{Data, Entry, OriginId, Origins, Step, Text, Value};

use super::options::{Loader, Options};

/// The entry of [`Resource::meta`] that names a resource's construct: its path in the construct tree. Its origin is the
/// line of the user's source that made the construct, where that is known.
pub const CONSTRUCT: &str = "Construct";

/// What a manifest says of one template.
pub struct Artifact {
    pub region: Option<Text>,
    pub account: Option<Text>,
    /// Constructs by logical id.
    constructs: FxHashMap<Text, Construct>,
    /// Stack traces by the path of the construct: those of nested stacks are in the same list.
    traces: FxHashMap<Text, Vec<Text>>,
    /// Where the template lies.
    folder: PathBuf,
}

struct Construct {
    path: Text,
    /// Lines of the stack trace, the innermost first.
    trace: Vec<Text>,
}

impl Artifact {
    /// What the manifest beside a template says of it; `None` for templates that no manifest names.
    #[must_use]
    pub fn of(tree: &Tree, loader: &Loader<'_>) -> Option<Self> {
        let path = &tree.file.path;
        let name = path.file_name()?.to_str()?;
        if path.extension().is_none_or(|extension| extension != "json") || loader.root.is_none() {
            return None;
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let manifest = read(&folder.join("manifest.json"), loader)?;
        let artifacts = manifest.root()?.get("artifacts")?;
        let (_, artifact) = artifacts.entries().find(|(_, artifact)| {
            let file = artifact.get("properties").and_then(|properties| properties.get("templateFile"));
            file.and_then(NodeRef::text) == Some(name)
        })?;
        let (account, region) =
            artifact.get("environment").and_then(NodeRef::text).map(environment).unwrap_or_default();
        let mut constructs = FxHashMap::default();
        read_metadata(artifact.get("metadata"), &mut constructs);
        // Newer assemblies keep the metadata in a file of its own.
        if let Some(file) = artifact.get("additionalMetadataFile").and_then(NodeRef::text)
            && !file.contains(['/', '\\'])
            && let Some(more) = read(&folder.join(file), loader)
        {
            read_metadata(more.root(), &mut constructs);
        }
        let traces = constructs
            .values()
            .filter(|construct: &&Construct| !construct.trace.is_empty())
            .map(|construct| (construct.path.clone(), construct.trace.clone()))
            .collect();
        Some(Self { region, account, constructs, traces, folder: folder.to_owned() })
    }

    /// What is known from outside, with the environment of the stack where nothing else decides it.
    #[must_use]
    pub fn complete(&self, options: &Options) -> Options {
        Options {
            region: self.region.clone().or_else(|| options.region.clone()),
            account: self.account.clone().or_else(|| options.account.clone()),
            ..options.clone()
        }
    }
}

/// Names the construct of each resource, from the manifest or the metadata in the template.
pub fn name_constructs(
    resources: &mut [Resource],
    artifact: Option<&Artifact>,
    origins: &Origins,
    loader: &Loader<'_>,
) {
    let mut files: FxHashMap<PathBuf, Option<std::sync::Arc<SourceFile>>> = FxHashMap::default();
    for resource in resources {
        let written = resource.meta.get("Metadata").and_then(|metadata| metadata.get("aws:cdk:path"));
        // Logical ids are unique in a template; those of nested stacks are not in its manifest entry.
        let known = artifact
            .filter(|_| resource.calls.is_empty())
            .and_then(|artifact| artifact.constructs.get(resource.name.as_str()));
        let (path, mut origin) = match (known, written) {
            (Some(construct), written) => {
                let origin = written.map_or(OriginId::NONE, |written| written.origin);
                (construct.path.clone(), origin)
            }
            (None, Some(written)) => match written.as_str() {
                Some(path) => (path.into(), written.origin),
                None => continue,
            },
            (None, None) => continue,
        };
        let trace = artifact.and_then(|artifact| Some((artifact.traces.get(&path)?, artifact.folder.as_path())));
        if let Some(span) = trace.and_then(|(trace, folder)| source_line(trace, folder, loader, &mut files)) {
            origin = origins.hop(span, Step::Literal, OriginId::NONE);
        }
        if let Data::Map(map) = &resource.meta.data {
            let mut map = (**map).clone();
            map.entries.push(Entry::new(Text::new_static(CONSTRUCT), OriginId::NONE, Value::string(path, origin)));
            resource.meta = Value::new(Data::Map(map.into()), resource.meta.origin);
        }
    }
}

fn read(path: &Path, loader: &Loader<'_>) -> Option<Tree> {
    if !is_inside(path, loader) {
        return None;
    }
    let text = String::from_utf8(loader.fs.read(path).ok()?).ok()?;
    Some(crate::syntax::json::parse(loader.sources.add(path, text)))
}

fn is_inside(path: &Path, loader: &Loader<'_>) -> bool {
    let Some(root) = loader.root else { return false };
    let root = loader.fs.canonical(root).unwrap_or_else(|_| lexical(root));
    loader.fs.is_file(path) && loader.fs.canonical(path).is_ok_and(|full| full.starts_with(&root))
}

/// Account and Region of `aws://111122223333/eu-west-1`; those that are not bound are not known.
fn environment(text: &str) -> (Option<Text>, Option<Text>) {
    let Some((account, region)) = text.strip_prefix("aws://").and_then(|rest| rest.split_once('/')) else {
        return (None, None);
    };
    let known = |text: &str| (!text.is_empty() && !text.starts_with("unknown-")).then(|| text.into());
    (known(account), known(region))
}

/// Reads `{"/Stack/Table/Resource": [{"type": "aws:cdk:logicalId", "data": "Table1234", "trace": [...]}]}`.
fn read_metadata(metadata: Option<NodeRef<'_>>, into: &mut FxHashMap<Text, Construct>) {
    for (path, entries) in metadata.iter().flat_map(|metadata| metadata.entries()) {
        let Some(path) = path.text() else { continue };
        for entry in entries.items() {
            if entry.get("type").and_then(NodeRef::text) != Some("aws:cdk:logicalId") {
                continue;
            }
            let Some(id) = entry.get("data").and_then(NodeRef::text) else { continue };
            let trace = entry
                .get("trace")
                .map(|trace| trace.items().filter_map(NodeRef::text).take(100).map(Text::from).collect())
                .unwrap_or_default();
            into.insert(id.into(), Construct { path: path.trim_start_matches('/').into(), trace });
        }
    }
}

/// The innermost line of a stack trace that lies in the user's own files.
fn source_line(
    trace: &[Text],
    folder: &Path,
    loader: &Loader<'_>,
    files: &mut FxHashMap<PathBuf, Option<std::sync::Arc<SourceFile>>>,
) -> Option<Span> {
    trace.iter().find_map(|line| {
        let (path, line) = place(line)?;
        if path.contains("node_modules") || path.contains("site-packages") || path.starts_with("node:") {
            return None;
        }
        let file = files.entry(PathBuf::from(path)).or_insert_with(|| local(path, folder, loader)).clone()?;
        let index = file.lines();
        let start = index.line_start(line.checked_sub(1)?)?;
        let end = index.line_start(line).unwrap_or(u32::try_from(file.text().len()).ok()?);
        let whole = file.text().get(start as usize..end as usize)?;
        let (lead, rest) = (whole.len() - whole.trim_start().len(), whole.trim().len());
        let from = start + u32::try_from(lead).ok()?;
        Some(Span::new(file.id, from, from + u32::try_from(rest).ok()?))
    })
}

/// Path and line of `new Stack (/app/lib/stack.ts:12:5)`, `at /app/bin/app.js:3:1` or `File "app.py", line 12`.
fn place(line: &str) -> Option<(&str, usize)> {
    if let Some((path, rest)) = line.split_once("\", line ") {
        let number = rest.split(|letter: char| !letter.is_ascii_digit()).next()?;
        return Some((path.rsplit_once('"').map_or(path, |(_, path)| path), number.parse().ok()?));
    }
    let inner = line.rsplit_once('(').map_or(line, |(_, inner)| inner).trim_end_matches(')').trim();
    let inner = inner.strip_prefix("at ").unwrap_or(inner).trim_start_matches("file://");
    let mut parts = inner.rsplitn(3, ':');
    let (last, middle, path) = (parts.next()?, parts.next()?, parts.next());
    match (path, middle.parse::<usize>()) {
        (Some(path), Ok(number)) => Some((path, number)),
        // `app.py:12`
        _ => {
            let (path, number) = inner.rsplit_once(':')?;
            let _ = last;
            Some((path, number.parse().ok()?))
        }
    }
}

/// The file of this repository that a path of the machine that synthesised the template means: its longest end that
/// is a file below a directory that the template lies in, as far as the root. Seen from the working directory, as all
/// paths are.
fn local(path: &str, folder: &Path, loader: &Loader<'_>) -> Option<std::sync::Arc<SourceFile>> {
    const MAX_PARTS: usize = 32;
    let path = path.replace('\\', "/");
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != "." && *part != "..").collect();
    let first = parts.len().saturating_sub(MAX_PARTS);
    let mut above: Vec<&Path> = folder.ancestors().take(MAX_PARTS).collect();
    if folder.is_relative() {
        above.extend(["..", "../..", "../../.."].map(Path::new));
    }
    (first..parts.len()).find_map(|start| {
        let end = parts.get(start..)?.join("/");
        above.iter().find_map(|base| read_source(&lexical(&base.join(&end)), loader.fs, loader))
    })
}

fn read_source(path: &Path, fs: &dyn FileSystem, loader: &Loader<'_>) -> Option<std::sync::Arc<SourceFile>> {
    if !is_inside(path, loader) {
        return None;
    }
    let text = String::from_utf8(fs.read(path).ok()?).ok()?;
    Some(loader.sources.add(path, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_stack_traces_are_read() {
        assert_eq!(place("new Orders (/app/lib/orders.ts:12:5)"), Some(("/app/lib/orders.ts", 12)));
        assert_eq!(place("at Object.<anonymous> (/app/bin/app.js:3:1)"), Some(("/app/bin/app.js", 3)));
        assert_eq!(place("at /app/bin/app.js:3:1"), Some(("/app/bin/app.js", 3)));
        assert_eq!(place("at file:///app/bin/app.mjs:3:1"), Some(("/app/bin/app.mjs", 3)));
        assert_eq!(place("  File \"/app/app.py\", line 12, in <module>"), Some(("/app/app.py", 12)));
        assert_eq!(place("nonsense"), None);
    }

    #[test]
    fn environments_may_be_open() {
        assert_eq!(
            environment("aws://111122223333/eu-west-1"),
            (Some("111122223333".into()), Some("eu-west-1".into()))
        );
        assert_eq!(environment("aws://unknown-account/unknown-region"), (None, None));
        assert_eq!(environment("nonsense"), (None, None));
    }
}

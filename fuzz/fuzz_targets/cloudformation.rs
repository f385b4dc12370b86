//! Any text as a CloudFormation template, with what follows the first `#---` line as the template of a nested stack and
//! what follows the second as a `samconfig.toml`: reading, evaluating and modelling it neither panics nor hangs.

#![no_main]

use std::path::Path;

use dynalens::cloudformation::{Loader, Options, children, evaluate};
use dynalens::model;
use dynalens::source::{Overlay, Sources};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut parts = text.splitn(3, "#---\n");
    let template = parts.next().unwrap_or_default();
    let mut fs = Overlay::in_memory();
    // JSON has a parser of its own.
    let path = if template.trim_start().starts_with('{') { "t.json" } else { "t.yaml" };
    fs.set(path, template);
    if let Some(child) = parts.next() {
        fs.set("child.yaml", child);
    }
    if let Some(settings) = parts.next() {
        fs.set("samconfig.toml", settings);
    }
    let sources = Sources::new();
    let tree = dynalens::syntax::parse_data(sources.add(path, template));
    let loader = Loader { fs: &fs, sources: &sources, root: Some(Path::new("")) };
    let _ = children(&tree, &loader);
    if let Some(project) = evaluate(&tree, &Options::default(), &loader) {
        let _ = model::build(&project);
    }
});

//! Holds the DynamoDB tables, indexes and DAX clusters of infrastructure code against the Amazon DynamoDB
//! Well-Architected Lens.
//!
//! Data flows down through the modules in this order, and each uses only those above it:
//!
//! | module | what it does |
//! |---|---|
//! | [`source`] | finds and reads files; spans, lines |
//! | [`value`] | known, absent, unknown, dependent on an input; where each value comes from |
//! | [`syntax`] | YAML, JSON and HCL to trees with spans; errors are data |
//! | [`resource`] | what the front ends give: projects of resources with evaluated attributes |
//! | [`cloudformation`], `terraform` | the front ends |
//! | [`model`] | tables, indexes, scaling, clusters ... linked to each other, the same for every language |
//! | `policy` | pages and the engine that judges the model by them |
//! | [`finding`] | labels, fixes, fingerprints, triage |
//! | `config` | `dynalens.yml` |
//! | `analysis` | the whole way from paths to findings |
//! | `report` | findings to text, JSON, ... |
//! | [`inspect`] | what stands at a place: hovers, completions, hints and lenses, without a protocol |
//! | `lsp` | the language server of editors |
//! | `cli` | arguments, standard streams, exit codes |

#![forbid(unsafe_code)]

pub mod analysis;
pub mod cli;
pub mod cloudformation;
pub mod config;
pub mod finding;
pub mod inspect;
pub mod lsp;
pub mod model;
pub mod policy;
pub mod report;
pub mod resource;
pub mod source;
pub mod syntax;
pub mod terraform;
pub mod value;

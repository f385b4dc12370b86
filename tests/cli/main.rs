//! The command line as people and programs use it: exit codes, reports, streams, suppressions.
#![expect(clippy::panic, reason = "a test that cannot read a report has failed")]

mod support;

mod across;
mod adopting;
mod commands;
mod configuration;
mod exit_codes;
mod fixes;
mod hostile;
mod own_policies;
mod reports;
mod sarif;
mod settings;
mod suppressions;
mod terminal;

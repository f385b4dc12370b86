//! The command line as people and programs use it: exit codes, reports, streams, suppressions.

mod support;

mod commands;
mod configuration;
mod exit_codes;
mod reports;
mod suppressions;

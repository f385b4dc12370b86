#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(dynalens::cli::run(std::env::args_os().collect()) as u8)
}

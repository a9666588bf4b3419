//! The `sluis` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    sluis::cli::main(std::env::args_os())
}

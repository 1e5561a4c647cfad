//! The developer commands: `cargo xtask test`, `vectors`, `bench` and `weaken`.
//!
//! Nothing here is shipped, and nothing here has a dependency: the first thing that a fresh clone
//! runs is built in a second.

#![expect(
    clippy::print_stdout,
    reason = "a developer command talks to the terminal that it runs in"
)]

use std::process::ExitCode;

mod bench;
mod command;
mod prerequisite;
mod repository;
mod tally;
mod test;
mod vectors;
mod weaken;

const USAGE: &str = "\
The developer commands of Vestibule

USAGE
  cargo xtask test [--quick] [STEP]...   everything that has to hold, then the totals
  cargo xtask vectors [FILE]             make session vectors with the real packages
  cargo xtask bench [OPTION]... [CASE]...  CPU per request, against nginx on the same bytes
  cargo xtask weaken [ID]...             take protections out, and see a test fail for each

`cargo xtask COMMAND --help` says more about each.

EXIT STATUS
  0  good
  1  something failed
  2  could not run: usage or a missing prerequisite
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next();
    let rest: Vec<String> = arguments.collect();
    let result = match command.as_deref() {
        Some("test") => test::main(&rest),
        Some("vectors") => vectors::main(&rest),
        Some("bench") => bench::main(&rest),
        Some("weaken") => weaken::main(&rest),
        Some("--help" | "-h" | "help") | None => {
            print!("{USAGE}");
            Ok(true)
        }
        Some(other) => Err(format!("there is no command `{other}`\n\n{USAGE}")),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            println!("error: {message}");
            ExitCode::from(2)
        }
    }
}

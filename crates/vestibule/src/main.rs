//! `vestibule`: the command line around the gateway and the session library.

use std::io::{self, Write};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use clap::Parser as _;

mod check;
mod cli;
mod configuration;
mod cookie_name;
mod demo;
mod environment;
mod error;
mod explain;
mod generated;
mod log;
mod manual;
mod mint;
mod paint;
mod pipe;
mod problem;
mod secret;
mod secret_source;
mod serve;
mod signin;
mod site;

use cli::{Cli, Command};
use error::Error;
use paint::{BAD, HINT};
use pipe::Pipe;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How a command ended that could run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Exit status 0.
    Good,
    /// Exit status 1: problems, a session that does not open, a failure while serving.
    Bad,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let choice = cli.color.choice();
    let mut output = Pipe::new(AutoStream::new(io::stdout().lock(), choice));
    let result = run(cli.command, choice, &mut output).and_then(|verdict| {
        output.flush()?;
        Ok(verdict)
    });
    match result {
        Ok(Verdict::Good) => ExitCode::SUCCESS,
        Ok(Verdict::Bad) => ExitCode::from(1),
        Err(error) => {
            let mut complaint = AutoStream::new(io::stderr().lock(), choice);
            // Where even this cannot be written, the exit status has to say it.
            let _ = complain(&error, &mut complaint);
            ExitCode::from(2)
        }
    }
}

fn run(command: Command, choice: ColorChoice, output: &mut dyn Write) -> Result<Verdict, Error> {
    match command {
        Command::Check(arguments) => check::run(&arguments, output),
        Command::Completions(arguments) => generated::completions(arguments.shell, output),
        Command::Demo(arguments) => demo::run(&arguments, choice, output),
        Command::Explain(arguments) => explain::run(&arguments, output),
        Command::Man => manual::run(output),
        Command::Mint(arguments) => mint::run(&arguments, output),
        Command::Schema => generated::schema(output),
        Command::Secret => secret::run(output),
        Command::Serve(arguments) => serve::run(&arguments, choice),
    }
}

fn complain(error: &Error, output: &mut dyn Write) -> io::Result<()> {
    writeln!(output, "{BAD}error{BAD:#}: {error}")?;
    if let Some(hint) = error.hint() {
        writeln!(output, "  {HINT}hint{HINT:#}: {hint}")?;
    }
    Ok(())
}

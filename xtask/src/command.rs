//! Running other programs.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::repository;

/// A command that runs at the top of the repository.
pub(crate) fn at_root<S: AsRef<OsStr>>(
    program: &str,
    arguments: impl IntoIterator<Item = S>,
) -> Command {
    at(repository::root(), program, arguments)
}

/// A command that runs in this folder.
pub(crate) fn at<S: AsRef<OsStr>>(
    folder: &Path,
    program: &str,
    arguments: impl IntoIterator<Item = S>,
) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    command
}

/// Runs it with our own output; says whether it ended well.
pub(crate) fn run(mut command: Command) -> bool {
    announce(&command);
    match command.status() {
        Ok(status) => status.success(),
        Err(error) => not_started(&command, &error),
    }
}

/// Runs it, prints each line of its standard output as it comes, and hands it on.
pub(crate) fn each_line(command: Command, mut line: impl FnMut(&str)) -> bool {
    quietly(command, |text| {
        println!("{text}");
        line(text);
    })
}

/// Runs it and hands on each line of its standard output, which is not printed.
pub(crate) fn quietly(mut command: Command, mut line: impl FnMut(&str)) -> bool {
    announce(&command);
    let mut child = match command.stdout(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(error) => return not_started(&command, &error),
    };
    if let Some(output) = child.stdout.take() {
        for octets in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            line(&String::from_utf8_lossy(&octets));
        }
    }
    child.wait().is_ok_and(|status| status.success())
}

/// What it wrote to its standard output, if it ended well.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Says what runs, so that it can be run again by hand.
fn announce(command: &Command) {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    let folder = command
        .get_current_dir()
        .map(repository::shown)
        .unwrap_or_default();
    let place = if folder.is_empty() {
        String::new()
    } else {
        format!("{folder} ")
    };
    println!("{place}$ {}", words.join(" "));
}

fn not_started(command: &Command, error: &std::io::Error) -> bool {
    println!(
        "`{}` could not be started: {error}",
        command.get_program().to_string_lossy()
    );
    false
}

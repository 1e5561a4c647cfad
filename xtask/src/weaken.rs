//! `cargo xtask weaken`: takes protections out, one at a time, and looks whether a test notices.

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::Duration;
use std::{fs, thread};

use crate::repository;

mod outcome;
mod scratch;
mod weakening;

use outcome::Outcome;
use scratch::Scratch;
use weakening::Weakening;

const USAGE: &str = "\
Takes protections out, one at a time, and expects that a test fails without each of them

USAGE
  cargo xtask weaken              all that xtask/weakenings describes
  cargo xtask weaken ID...        those of these rows of docs/threats.md
  cargo xtask weaken NAME...      those of these files, without .txt

EXAMPLES
  cargo xtask weaken TH-39
  cargo xtask weaken TH-39-planted-name

A file of xtask/weakenings:
  threat: TH-39
  file: crates/vestibule-session/src/reader/order.rs
  test: -p vestibule-session --lib a_secure_cookie_shuts_plain_names_out
  --- take out
      text that stands once in the file
  +++ put in
      what stands there instead

Works in a second tree below target/weaken, with what is not committed yet, and changes no file of yours.
First the tests have to pass as they are; then each has to fail without its protection.
Each weakening is a build of its own: all of them take long, and `cargo xtask test` runs none.
";

/// A test that is stuck for so long is not going to fail.
const PATIENCE: Duration = Duration::from_mins(3);

/// A build may wait for others.
const BUILD_PATIENCE: Duration = Duration::from_hours(1);

/// Takes them out; says whether each was noticed.
pub(crate) fn main(arguments: &[String]) -> Result<bool, String> {
    if arguments
        .iter()
        .any(|word| word == "--help" || word == "-h")
    {
        print!("{USAGE}");
        return Ok(true);
    }
    let weakenings = chosen(arguments)?;
    let scratch = Scratch::open()?;
    println!(
        "{} weakenings, in {}",
        weakenings.len(),
        repository::shown(&scratch.path(""))
    );
    check_before(&scratch, &weakenings)?;
    let mut rows = Vec::new();
    for (at, (name, weakening)) in weakenings.iter().enumerate() {
        println!("[{}/{}] {name}", at + 1, weakenings.len());
        let outcome = weaken(&scratch, weakening).map_err(|error| format!("{name}: {error}"))?;
        println!("    {outcome}");
        rows.push((name, weakening, outcome));
    }
    println!();
    for (name, weakening, outcome) in &rows {
        let (_, test) = weakening.program_and_name();
        println!("{:8} {name:44} {test}: {outcome}", weakening.threat);
    }
    let noticed = rows.iter().filter(|row| row.2 == Outcome::Noticed).count();
    let others = rows.len() - noticed;
    println!("\n{noticed} noticed, {others} not");
    Ok(others == 0)
}

/// The weakenings that were asked for, by the names of their files; those of one test program stand together.
fn chosen(arguments: &[String]) -> Result<Vec<(String, Weakening)>, String> {
    let folder = repository::root().join("xtask/weakenings");
    let entries =
        fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut found = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        let Some(name) = path.file_stem().and_then(|name| name.to_str()) else {
            continue;
        };
        let shown = repository::shown(&path);
        let text = fs::read_to_string(&path).map_err(|error| format!("{shown}: {error}"))?;
        let weakening = Weakening::parse(&text).map_err(|fault| format!("{shown}: {fault}"))?;
        let asked = |word: &String| *word == weakening.threat || *word == name;
        if arguments.is_empty() || arguments.iter().any(asked) {
            found.push((name.to_owned(), weakening));
        }
    }
    let unknown = arguments.iter().find(|word| {
        let is_it =
            |(name, weakening): &(String, Weakening)| **word == weakening.threat || *word == name;
        !found.iter().any(is_it)
    });
    if let Some(word) = unknown {
        return Err(format!(
            "nothing in xtask/weakenings is `{word}`\n\n{USAGE}"
        ));
    }
    found.sort_by(|(one, first), (other, second)| {
        let key = |weakening: &Weakening| weakening.program_and_name().0.to_owned();
        (key(first), one).cmp(&(key(second), other))
    });
    Ok(found)
}

/// A test that fails anyway would notice nothing.
fn check_before(scratch: &Scratch, weakenings: &[(String, Weakening)]) -> Result<(), String> {
    let mut programs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (_, weakening) in weakenings {
        let (program, name) = weakening.program_and_name();
        programs.entry(program).or_default().push(name);
    }
    for (program, names) in programs {
        println!("as it is: cargo test {program}, {} tests", names.len());
        let mut words: Vec<&str> = program.split(' ').collect();
        words.push("--");
        words.extend(&names);
        let output = match run(scratch, &words, BUILD_PATIENCE)? {
            Ended::Well(output) => output,
            Ended::Badly(output) => {
                return Err(format!("{output}\n`cargo test {program}` fails as it is"));
            }
            Ended::Never => return Err(format!("`cargo test {program}` hangs as it is")),
        };
        let ran = |name: &&str| {
            output
                .lines()
                .any(|line| line.starts_with("test ") && line.contains(*name))
        };
        if let Some(name) = names.iter().find(|name| !ran(name)) {
            return Err(format!("`cargo test {program}` has no test `{name}`"));
        }
    }
    Ok(())
}

/// Takes one protection out, runs its test, and puts the protection back.
fn weaken(scratch: &Scratch, weakening: &Weakening) -> Result<Outcome, String> {
    let path = scratch.path(&weakening.file);
    let shown = |error| format!("{}: {error}", weakening.file);
    let source = fs::read_to_string(&path).map_err(shown)?;
    let weakened = weakening
        .applied(&source)
        .map_err(|fault| fault.to_string())?;
    fs::write(&path, weakened).map_err(shown)?;
    let outcome = notice(scratch, weakening);
    fs::write(&path, source).map_err(shown)?;
    outcome
}

fn notice(scratch: &Scratch, weakening: &Weakening) -> Result<Outcome, String> {
    let (program, name) = weakening.program_and_name();
    let mut words: Vec<&str> = program.split(' ').collect();
    words.push("--no-run");
    match run(scratch, &words, BUILD_PATIENCE)? {
        Ended::Well(_) => words.pop(),
        Ended::Badly(output) => {
            println!("{output}");
            return Ok(Outcome::NotCompiled);
        }
        Ended::Never => return Ok(Outcome::Hung),
    };
    words.extend(["--", name]);
    Ok(match run(scratch, &words, PATIENCE)? {
        Ended::Well(output) | Ended::Badly(output) => Outcome::of(true, &output),
        Ended::Never => Outcome::Hung,
    })
}

/// How `cargo test` ended, with what it printed.
enum Ended {
    Well(String),
    Badly(String),
    Never,
}

fn run(scratch: &Scratch, words: &[&str], patience: Duration) -> Result<Ended, String> {
    let not_run = |error| format!("cargo could not be run: {error}");
    let (mut command, output) = scratch.test(words).map_err(not_run)?;
    // A group of its own, so that the test program ends with cargo.
    let mut child = command.process_group(0).spawn().map_err(not_run)?;
    let mut waited = Duration::ZERO;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(not_run)? {
            break status;
        }
        if waited > patience {
            let group = format!("-{}", child.id());
            let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
            let _ = child.wait();
            return Ok(Ended::Never);
        }
        thread::sleep(PAUSE);
        waited += PAUSE;
    };
    let output = fs::read(output).map_err(not_run)?;
    let output = String::from_utf8_lossy(&output).into_owned();
    Ok(if status.success() {
        Ended::Well(output)
    } else {
        Ended::Badly(output)
    })
}

const PAUSE: Duration = Duration::from_millis(50);

//! `cargo xtask bench`: what one request costs in CPU, and what the same bytes cost nginx.

use std::fs;
use std::path::PathBuf;

use crate::command::{at_root, output, run};
use crate::prerequisite::{self, Prerequisite};
use crate::repository;

mod case;
mod cpu;
mod load;
mod server;
mod session;
mod table;

use case::Case;
use server::{Backend, Front};
use session::Sessions;
use table::{Round, Table};

const USAGE: &str = "\
Measures CPU per request against nginx on the same bytes, both on one core, taking turns

USAGE
  cargo xtask bench [OPTION]... [CASE]...

OPTIONS
  --rounds N     rounds of each case [5]
  --seconds N    seconds of each run [4]
  --noise        nginx against nginx: how much of a difference is noise
  --write        keep the table in docs/benchmarks/proxy.md
";

const NEEDED: [Prerequisite; 3] = [
    Prerequisite::Nginx,
    Prerequisite::Taskset,
    Prerequisite::Wrk,
];

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    rounds: usize,
    seconds: u32,
    noise: bool,
    write: bool,
    cases: Vec<Case>,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self {
            rounds: 5,
            seconds: 4,
            noise: false,
            write: false,
            cases: Vec::new(),
        };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--rounds" => options.rounds = number(word, words.next())?,
                "--seconds" => options.seconds = number(word, words.next())?,
                "--noise" => options.noise = true,
                "--write" => options.write = true,
                name => options.cases.push(Case::parse(name)?),
            }
        }
        if options.cases.is_empty() {
            options.cases = Case::ALL.to_vec();
        }
        Ok(options)
    }
}

/// Measures; an error is a comparison that would not have been a fair one.
pub(crate) fn main(arguments: &[String]) -> Result<bool, String> {
    if arguments
        .iter()
        .any(|argument| argument == "--help" || argument == "-h")
    {
        print!("{USAGE}\nCASES\n");
        for case in Case::ALL {
            println!("  {:10} {}", case.name(), case.what());
        }
        return Ok(true);
    }
    let options = Options::parse(arguments)?;
    prerequisite::install(&NEEDED);
    let missing: Vec<String> = NEEDED.iter().filter_map(|one| one.missing()).collect();
    if !missing.is_empty() {
        return Err(missing.join("\n"));
    }

    let folder = repository::target().join("bench");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let sessions = if options.noise {
        Sessions::pretended()
    } else {
        if !run(at_root(
            "cargo",
            ["build", "--release", "--package", "vestibule"],
        )) {
            return Ok(false);
        }
        Sessions::minted(&gateway(), &folder)?
    };
    let backend = Backend::start(&folder)?;
    let nginx = Front::nginx(&folder.join("nginx"), &backend)?;
    let other = if options.noise {
        Front::nginx(&folder.join("nginx-again"), &backend)?
    } else {
        Front::vestibule(&gateway(), &folder.join("vestibule"), &backend)?
    };
    for front in [&nginx, &other] {
        front.has_the_work(&sessions)?;
    }

    let mut table = Table::new(other.name(), nginx.name());
    for case in &options.cases {
        // Connections, caches and branch predictors first.
        for front in [&other, &nginx] {
            load::run(front, *case, &sessions, 1)?;
        }
        for number in 1..=options.rounds {
            let ours = load::run(&other, *case, &sessions, options.seconds)?;
            let theirs = load::run(&nginx, *case, &sessions, options.seconds)?;
            println!(
                "{} {number}/{}: {ours:.2} µs, {theirs:.2} µs",
                case.name(),
                options.rounds
            );
            table.add(*case, Round { ours, theirs });
        }
    }
    println!("\n{table}");
    if options.write {
        write(&table, &options)?;
    }
    Ok(true)
}

fn gateway() -> PathBuf {
    repository::target().join("release/vestibule")
}

fn number<T: std::str::FromStr>(option: &str, word: Option<&String>) -> Result<T, String> {
    let parsed = word.and_then(|word| word.parse().ok());
    parsed.ok_or_else(|| format!("`{option}` needs a number\n\n{USAGE}"))
}

/// Keeps the table beside what it was measured on.
fn write(table: &Table, options: &Options) -> Result<(), String> {
    let file = repository::root().join("docs/benchmarks/proxy.md");
    let text = format!(
        "# CPU per proxied request\n\n\
        Made by `cargo xtask bench --write`; how it is measured stands in [bench](../../bench/README.md).\n\n\
        {table}\n\
        {} rounds of {} seconds, {}, kernel {}, {}, at commit {}.\n",
        options.rounds,
        options.seconds,
        processor(),
        told("uname", &["-r"]),
        nginx_version(),
        told("git", &["rev-parse", "--short", "HEAD"]),
    );
    let written = file
        .parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(&file, text));
    written.map_err(|error| format!("{}: {error}", file.display()))?;
    println!("written to {}", repository::shown(&file));
    Ok(())
}

fn told(program: &str, arguments: &[&str]) -> String {
    output(&mut at_root(program, arguments))
        .map_or_else(|| "unknown".to_owned(), |text| text.trim().to_owned())
}

/// nginx tells its version on standard error.
fn nginx_version() -> String {
    let told = server::nginx_program()
        .and_then(|nginx| std::process::Command::new(nginx).arg("-v").output().ok());
    let told = told
        .map(|output| String::from_utf8_lossy(&output.stderr).into_owned())
        .unwrap_or_default();
    told.trim().rsplit(' ').next().unwrap_or("nginx").to_owned()
}

fn processor() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    model.unwrap_or("unknown processor").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(words: &str) -> Result<Options, String> {
        let arguments: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        Options::parse(&arguments)
    }

    #[test]
    fn all_cases_are_measured_unless_some_are_named() {
        assert_eq!(options("").unwrap().cases, Case::ALL);
        assert_eq!(options("--rounds 2 plain").unwrap().cases, [Case::Plain]);
    }

    #[test]
    fn a_number_that_is_none_is_refused() {
        assert!(options("--rounds many").is_err());
        assert!(options("--seconds").is_err());
    }
}

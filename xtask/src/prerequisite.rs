//! Programs that a command needs from the machine, and how to get each.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::command;

/// The oldest Node.js that Next.js 16 and Vite 7 run on.
const NODE: (u64, u64) = (20, 19);

/// A program from outside the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Prerequisite {
    /// The browser of the tests.
    Chromium,
    /// It speaks HTTP/2 as most programs do.
    Curl,
    /// libFuzzer is compiled from C++ sources.
    CxxCompiler,
    /// One client of HTTP/2 for all that come with nghttp2.
    H2load,
    Nginx,
    Node,
    Npm,
    OpenSsl,
    Postgres,
    Python,
    Taskset,
    Wrk,
}

impl Prerequisite {
    fn program(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Curl => "curl",
            Self::CxxCompiler => "c++",
            Self::H2load => "h2load",
            Self::Nginx => "nginx",
            Self::Node => "node",
            Self::Npm => "npm",
            Self::OpenSsl => "openssl",
            Self::Postgres => "initdb",
            Self::Python => "python3",
            Self::Taskset => "taskset",
            Self::Wrk => "wrk",
        }
    }

    /// The Debian package; none for Node.js and its npm, which are too old in Debian 12.
    fn package(self) -> Option<&'static str> {
        match self {
            Self::Chromium => Some("chromium"),
            Self::Curl => Some("curl"),
            Self::CxxCompiler => Some("g++"),
            Self::H2load => Some("nghttp2-client"),
            Self::Nginx => Some("nginx-light"),
            Self::Node | Self::Npm => None,
            Self::OpenSsl => Some("openssl"),
            Self::Postgres => Some("postgresql"),
            // `python3` alone makes no virtual environments on Debian.
            Self::Python => Some("python3-venv"),
            Self::Taskset => Some("util-linux"),
            Self::Wrk => Some("wrk"),
        }
    }

    /// Says what is missing and how to get it, or nothing.
    pub(crate) fn missing(self) -> Option<String> {
        let Some(program) = find(self.program()) else {
            return Some(match self.package() {
                Some(package) => {
                    format!("`{}` is missing: apt-get install {package}", self.program())
                }
                None => format!("`{}` is missing: {}", self.program(), newer_node()),
            });
        };
        if self != Self::Node {
            return None;
        }
        let version = command::output(Command::new(&program).arg("--version")).unwrap_or_default();
        (!is_new_enough(&version))
            .then(|| format!("Node.js {} is too old: {}", version.trim(), newer_node()))
    }
}

/// Installs what is missing where we may: as root on Debian. Says what it does.
pub(crate) fn install(wanted: &[Prerequisite]) {
    let packages: Vec<&str> = wanted
        .iter()
        .filter(|one| find(one.program()).is_none())
        .filter_map(|one| one.package())
        .collect();
    if packages.is_empty() || !is_root() || find("apt-get").is_none() {
        return;
    }
    println!(
        "Missing Debian packages are installed: {}",
        packages.join(" ")
    );
    let quiet = ["-qq", "-o", "Dpkg::Use-Pty=0"];
    let apt = |rest: &[&str]| {
        let mut command = command::at_root("apt-get", quiet.iter().chain(rest));
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    // A stale list may still name what is there, so its failure does not end the attempt.
    let _ = command::run(apt(&["update"]));
    let mut install = vec!["install", "--yes", "--no-install-recommends"];
    install.extend(packages);
    let _ = command::run(apt(&install));
}

/// Where a program lies, by `PATH`; daemons are in `sbin`, which a user's `PATH` may lack, and PostgreSQL in folders of its own.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let versions = versions.flatten().map(|version| version.path().join("bin"));
    env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin"].map(PathBuf::from))
        .chain(versions)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

fn newer_node() -> String {
    let (major, minor) = NODE;
    format!("Node.js {major}.{minor} or newer is needed, see https://nodejs.org/en/download")
}

/// Reads `v20.20.2`.
fn is_new_enough(version: &str) -> bool {
    let mut numbers = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .map(str::parse::<u64>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= NODE,
        _ => false,
    }
}

/// The kernel tells who we are without a call into C.
fn is_root() -> bool {
    fs::read_to_string(Path::new("/proc/self/status"))
        .unwrap_or_default()
        .lines()
        .any(|line| line.starts_with("Uid:") && line.split_whitespace().nth(2) == Some("0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_is_compared_by_number() {
        assert!(is_new_enough("v20.19.0\n"));
        assert!(is_new_enough("v100.0.0"));
        assert!(!is_new_enough("v20.9.1"));
        assert!(!is_new_enough("v9.11.2"));
        assert!(!is_new_enough("unknown"));
    }
}

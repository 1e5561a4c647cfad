//! `cargo xtask test`: everything that has to hold, then the totals.

use std::collections::BTreeSet;

use crate::prerequisite::{self, Prerequisite};
use crate::tally::Tally;

mod dependencies;
mod links;
mod node;
mod openapi;
mod rust;
mod watch;

const USAGE: &str = "\
Checks everything that has to hold, in the order of the plan that is printed first

USAGE
  cargo xtask test              all steps
  cargo xtask test --quick      without Node.js, Python and fuzzing
  cargo xtask test STEP...      only these

EXAMPLES
  cargo xtask test fmt clippy   before a commit
  cargo xtask test interop      the gateway in front of a real Next.js application
  cargo xtask test browser      Bookwell in a real browser; its pictures are in target/screenshots
  cargo xtask test docs         documents: Rust's and the links of the Markdown files

A step that fails does not end the run.
Programs that a step needs are looked for first; missing Debian packages are installed where we are root.
The last line is `N passed, N failed, N skipped`, and the exit status is 1 if anything failed.
";

/// One thing to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Format,
    Clippy,
    Tests,
    Documents,
    Dependencies,
    Vectors,
    Fuzz,
    OpenApi,
    Interop,
    Pages,
    Browser,
}

impl Step {
    /// Cheap ones first, so that a slip shows early.
    const ALL: [Self; 11] = [
        Self::Format,
        Self::Clippy,
        Self::Tests,
        Self::Documents,
        Self::Dependencies,
        Self::Vectors,
        Self::Fuzz,
        Self::OpenApi,
        Self::Interop,
        Self::Pages,
        Self::Browser,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Format => "fmt",
            Self::Clippy => "clippy",
            Self::Tests => "tests",
            Self::Documents => "docs",
            Self::Dependencies => "deny",
            Self::Vectors => "vectors",
            Self::Fuzz => "fuzz",
            Self::OpenApi => "openapi",
            Self::Interop => "interop",
            Self::Pages => "pages",
            Self::Browser => "browser",
        }
    }

    fn what(self) -> &'static str {
        match self {
            Self::Format => "the sources are formatted",
            Self::Clippy => "the lints are silent, for all targets and features",
            Self::Tests => "the Rust tests, examples in documents included",
            Self::Documents => "Rust documents without a warning, Markdown without a dead link",
            Self::Dependencies => "licences, sources, versions and advisories of the dependencies",
            Self::Vectors => "the real packages and we agree, and they read what we write",
            Self::Fuzz => "each fuzz target, for some seconds",
            Self::OpenApi => {
                "Bookwell's API does what its document says, and refuses what it does not"
            }
            Self::Pages => {
                "the pages' scripts and styles: lints, types, tests, and that what is committed is fresh"
            }
            Self::Browser => "Bookwell in a real browser, over HTTP and HTTPS",
            Self::Interop => {
                "the gateway in front of a real Next.js application and behind a real cache, and `next-auth/react` in a browser"
            }
        }
    }

    fn prerequisites(self) -> &'static [Prerequisite] {
        match self {
            Self::Format | Self::Clippy | Self::Tests | Self::Documents | Self::Dependencies => &[],
            Self::Vectors | Self::Pages => &[Prerequisite::Node, Prerequisite::Npm],
            Self::Fuzz => &[Prerequisite::CxxCompiler],
            Self::OpenApi => &[Prerequisite::Python],
            Self::Browser => &[
                Prerequisite::Chromium,
                Prerequisite::Node,
                Prerequisite::Npm,
            ],
            Self::Interop => &[
                Prerequisite::Chromium,
                Prerequisite::Nginx,
                Prerequisite::Node,
                Prerequisite::Npm,
                Prerequisite::OpenSsl,
            ],
        }
    }

    /// What it can do without, at the price of fewer checks; its tests say what they leave out.
    fn wishes(self) -> &'static [Prerequisite] {
        match self {
            Self::Tests => &[
                Prerequisite::Curl,
                Prerequisite::H2load,
                Prerequisite::Postgres,
            ],
            Self::Format
            | Self::Clippy
            | Self::Documents
            | Self::Dependencies
            | Self::Vectors
            | Self::Fuzz
            | Self::OpenApi
            | Self::Interop
            | Self::Pages
            | Self::Browser => &[],
        }
    }

    fn is_quick(self) -> bool {
        match self {
            Self::Format | Self::Clippy | Self::Tests | Self::Documents | Self::Dependencies => {
                true
            }
            Self::Vectors
            | Self::Fuzz
            | Self::OpenApi
            | Self::Interop
            | Self::Pages
            | Self::Browser => false,
        }
    }

    fn run(self) -> Tally {
        match self {
            Self::Format => rust::format(),
            Self::Clippy => rust::clippy(),
            Self::Tests => rust::tests(),
            Self::Documents => documents(),
            Self::Dependencies => dependencies::check(),
            Self::Vectors => node::vectors(),
            Self::Fuzz => rust::fuzz(),
            Self::OpenApi => openapi::check(),
            Self::Interop => node::interop(),
            Self::Pages => node::pages(),
            Self::Browser => node::browser(),
        }
    }
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    steps: Vec<Step>,
    left_out: Vec<Step>,
}

impl Plan {
    fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut quick = false;
        let mut named = Vec::new();
        for argument in arguments {
            match Step::ALL.iter().find(|step| step.name() == argument) {
                Some(step) => named.push(*step),
                None if argument == "--quick" => quick = true,
                None => return Err(unknown(argument)),
            }
        }
        let wanted = |step: &Step| named.is_empty() || named.contains(step);
        let (steps, left_out) = Step::ALL
            .into_iter()
            .filter(wanted)
            .partition(|step| step.is_quick() || !quick);
        Ok(Self { steps, left_out })
    }
}

/// Runs what the arguments ask for; says whether everything held.
pub(crate) fn main(arguments: &[String]) -> Result<bool, String> {
    if arguments
        .iter()
        .any(|argument| argument == "--help" || argument == "-h")
    {
        print!("{USAGE}\nSTEPS\n");
        for step in Step::ALL {
            println!("  {:8} {}", step.name(), step.what());
        }
        return Ok(true);
    }
    let plan = Plan::parse(arguments)?;

    println!("Plan");
    for step in &plan.steps {
        println!("  {:8} {}", step.name(), step.what());
    }
    for step in &plan.left_out {
        println!("  {:8} skipped: left out by --quick", step.name());
    }
    let needed: BTreeSet<Prerequisite> = plan
        .steps
        .iter()
        .flat_map(|step| step.prerequisites().iter().chain(step.wishes()))
        .copied()
        .collect();
    let needed: Vec<Prerequisite> = needed.into_iter().collect();
    prerequisite::install(&needed);
    for missing in needed.iter().filter_map(|one| one.missing()) {
        println!("  {missing}");
    }

    let mut ends = Vec::new();
    for step in plan.steps {
        println!("\n== {}: {}", step.name(), step.what());
        let watch = watch::Watch::start();
        let missing: Vec<String> = step
            .prerequisites()
            .iter()
            .filter_map(|one| one.missing())
            .collect();
        let tally = if missing.is_empty() {
            step.run()
        } else {
            println!("not run: {}", missing.join("; "));
            Tally::FAILED
        };
        ends.push((step, tally, format!("{} s", watch.seconds())));
    }
    for step in plan.left_out {
        ends.push((step, Tally::SKIPPED, "left out by --quick".to_owned()));
    }

    println!("\n== Totals");
    let mut total = Tally::default();
    for (step, tally, remark) in ends {
        println!("  {:8} {tally} ({remark})", step.name());
        total += tally;
    }
    println!("{total}");
    Ok(total.failed == 0)
}

fn documents() -> Tally {
    let mut tally = rust::documents();
    tally += links::check();
    tally
}

fn unknown(argument: &str) -> String {
    let names: Vec<&str> = Step::ALL.iter().map(|step| step.name()).collect();
    format!(
        "there is no step `{argument}`; the steps are {}",
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(words: &str) -> Result<Plan, String> {
        let arguments: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        Plan::parse(&arguments)
    }

    #[test]
    fn without_arguments_every_step_runs() {
        let plan = plan("").unwrap();
        assert_eq!(plan.steps, Step::ALL);
        assert_eq!(plan.left_out, []);
    }

    #[test]
    fn quick_leaves_out_node_python_and_fuzzing_and_says_so() {
        let plan = plan("--quick").unwrap();
        assert!(plan.steps.iter().all(|step| step.is_quick()));
        assert_eq!(
            plan.left_out,
            [
                Step::Vectors,
                Step::Fuzz,
                Step::OpenApi,
                Step::Interop,
                Step::Pages,
                Step::Browser
            ]
        );
    }

    #[test]
    fn named_steps_run_in_the_order_of_the_plan() {
        let plan = plan("clippy fmt").unwrap();
        assert_eq!(plan.steps, [Step::Format, Step::Clippy]);
    }

    #[test]
    fn an_unknown_step_is_answered_with_the_known_ones() {
        assert!(
            plan("lint")
                .unwrap_err()
                .contains("`lint`; the steps are fmt, clippy")
        );
    }
}

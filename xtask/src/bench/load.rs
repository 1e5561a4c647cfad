//! One run of the load generator.

use std::path::Path;

use super::case::Case;
use super::cpu;
use super::server::{Front, OTHER_CORE, pinned};
use super::session::Sessions;
use crate::command::output;

/// Connections that are kept open.
const CONNECTIONS: &str = "32";

/// Asks one front for one case; gives the front's CPU time for a request, in microseconds.
pub(super) fn run(
    front: &Front,
    case: Case,
    sessions: &Sessions,
    seconds: u32,
) -> Result<f64, String> {
    let mut wrk = pinned(OTHER_CORE, Path::new("wrk"));
    wrk.args(["--threads", "1", "--connections", CONNECTIONS, "--duration"])
        .arg(format!("{seconds}s"));
    if let Some(cookie) = case.cookie(sessions) {
        wrk.arg("--header").arg(format!("Cookie: {cookie}"));
    }
    wrk.arg(front.url(case.path()));
    let before = cpu::microseconds(front.pid())?;
    let report = output(&mut wrk).ok_or("wrk failed")?;
    let spent = cpu::microseconds(front.pid())?.saturating_sub(before);
    let answered = Report::parse(&report)
        .ok_or_else(|| format!("wrk's report is not understood:\n{report}"))?;
    answered.check(case, front.name())?;
    let requests =
        u32::try_from(answered.requests).map_err(|_| "more requests than can be counted")?;
    let spent = u32::try_from(spent).map_err(|_| "more time than can be counted")?;
    Ok(f64::from(spent) / f64::from(requests.max(1)))
}

/// What wrk counted.
#[derive(Debug, PartialEq, Eq)]
struct Report {
    requests: u64,
    unsuccessful: u64,
    broken: bool,
}

impl Report {
    fn parse(report: &str) -> Option<Self> {
        let mut requests = None;
        let mut unsuccessful = 0;
        let mut broken = false;
        for line in report.lines().map(str::trim) {
            if let Some((count, _)) = line.split_once(" requests in ") {
                requests = Some(count.parse().ok()?);
            } else if let Some(count) = line.strip_prefix("Non-2xx or 3xx responses: ") {
                unsuccessful = count.parse().ok()?;
            } else if line.starts_with("Socket errors:") {
                broken = true;
            }
        }
        Some(Self {
            requests: requests?,
            unsuccessful,
            broken,
        })
    }

    fn check(&self, case: Case, front: &str) -> Result<(), String> {
        let expected = if case.succeeds() { 0 } else { self.requests };
        if self.broken || self.requests == 0 || self.unsuccessful != expected {
            return Err(format!(
                "{front} did not answer `{}` as it should: {self:?}",
                case.name()
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "Running 4s test @ http://127.0.0.1:1/\n  1 threads and 32 connections\n  120 requests in 4.00s, 1.00MB read\n";

    #[test]
    fn the_report_is_read() {
        let report = Report::parse(REPORT).unwrap();
        assert_eq!(
            report,
            Report {
                requests: 120,
                unsuccessful: 0,
                broken: false
            }
        );
        assert!(report.check(Case::Plain, "nginx").is_ok());
    }

    #[test]
    fn a_wrong_status_does_not_count_as_work() {
        let report = Report::parse(&format!("{REPORT}  Non-2xx or 3xx responses: 120\n")).unwrap();
        assert!(report.check(Case::Plain, "nginx").is_err());
        assert!(report.check(Case::Refused, "nginx").is_ok());
    }

    #[test]
    fn a_broken_connection_does_not_count_as_work() {
        let report = Report::parse(&format!(
            "{REPORT}  Socket errors: connect 0, read 1, write 0, timeout 0\n"
        ))
        .unwrap();
        assert!(report.check(Case::Plain, "nginx").is_err());
    }
}

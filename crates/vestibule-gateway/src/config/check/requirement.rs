//! Rules on claims: that each asks one thing, and that what it asks can ever be so.

use std::num::NonZeroUsize;

use vestibule_session::Pointer;

use super::{Check, to_usize};
use crate::config::raw::RawRequirement;
use crate::policy::{Requirement, Rule, Test};
use crate::routes::PathPattern;

impl Check<'_> {
    /// The rules at `path`, of a route with the pattern `route`.
    pub(super) fn requirement(
        &mut self,
        path: &str,
        raw: &RawRequirement,
        route: Option<&PathPattern>,
    ) -> Option<Requirement> {
        self.nested(path, raw, route, DEEPEST)
    }

    fn nested(
        &mut self,
        path: &str,
        raw: &RawRequirement,
        route: Option<&PathPattern>,
        levels: usize,
    ) -> Option<Requirement> {
        // What was refused before is left out here and must not look as if it were missing.
        if self.is_reported(path) {
            return None;
        }
        let Some(levels) = levels.checked_sub(1) else {
            self.error(
                path,
                "the rules are nested too deeply to be understood",
                format!("write them with at most {DEEPEST} levels"),
            );
            return None;
        };
        match (&raw.all, &raw.any, &raw.claim) {
            (Some(parts), None, None) => {
                self.asks_nothing(path, "all", raw);
                let parts = self.parts(&format!("{path}.all"), parts, route, levels);
                parts.map(Requirement::All)
            }
            (None, Some(parts), None) => {
                self.asks_nothing(path, "any", raw);
                let parts = self.parts(&format!("{path}.any"), parts, route, levels);
                parts.map(Requirement::Any)
            }
            (None, None, Some(claim)) => {
                let claim = self.pointer(&format!("{path}.claim"), claim);
                let test = self.test(path, raw, route);
                let (claim, test) = (claim?, test?);
                Some(Requirement::Rule(Rule {
                    position: self.position(&claim),
                    claim,
                    test,
                }))
            }
            (_, _, _) => {
                self.error(
                    path,
                    "a rule has exactly one of `all`, `any` and `claim`",
                    "write one of them, and nest the others: `{ all: [ { claim: /role, equals: ADMIN }, { any: [ … ] } ] }`",
                );
                None
            }
        }
    }

    fn parts(
        &mut self,
        path: &str,
        raw: &[RawRequirement],
        route: Option<&PathPattern>,
        levels: usize,
    ) -> Option<Vec<Requirement>> {
        if raw.is_empty() {
            self.error(
                path,
                "there is no rule in the list",
                "add one, such as `{ claim: /role, equals: ADMIN }`, or remove the list",
            );
            return None;
        }
        let parts = raw.iter().enumerate();
        let parts: Vec<_> = parts
            .map(|(index, raw)| self.nested(&format!("{path}[{index}]"), raw, route, levels))
            .collect();
        parts.into_iter().collect()
    }

    /// The one question about a claim.
    fn test(
        &mut self,
        path: &str,
        raw: &RawRequirement,
        route: Option<&PathPattern>,
    ) -> Option<Test> {
        match (&raw.equals, &raw.one_of, raw.present, raw.equals_segment) {
            (Some(text), None, None, None) => Some(Test::Equals(text.clone())),
            (None, Some(texts), None, None) => {
                if texts.is_empty() {
                    self.error(
                        &format!("{path}.in"),
                        "no claim is in an empty list",
                        "name the values that may pass, such as `[ADMIN, OWNER]`",
                    );
                }
                Some(Test::In(texts.clone()))
            }
            (None, None, Some(wanted), None) => Some(Test::Present(wanted)),
            (None, None, None, Some(number)) => {
                let number = NonZeroUsize::new(to_usize(number));
                let differs =
                    |route: &PathPattern| number.is_some_and(|number| route.differs_at(number));
                if let Some(route) = route.filter(|route| !differs(route)) {
                    self.error(
                        &format!("{path}.equals_segment"),
                        format!("`{route}` has no segment of this number that the request chooses"),
                        "count from 1 to a `*`, or into what `**` takes: in `/tenant/*/settings`, it is 2",
                    );
                }
                number.map(Test::EqualsSegment)
            }
            (_, _, _, _) => {
                self.error(
                    path,
                    "a rule asks exactly one thing of its claim",
                    "write one of `equals`, `in`, `present` and `equals_segment` beside `claim`, and join rules with `all` or `any`",
                );
                None
            }
        }
    }

    /// A question beside a list of rules would be lost.
    fn asks_nothing(&mut self, path: &str, list: &str, raw: &RawRequirement) {
        let asks = raw.equals.is_some()
            || raw.one_of.is_some()
            || raw.present.is_some()
            || raw.equals_segment.is_some();
        if asks {
            self.error(
                path,
                format!("`{list}` stands beside a question about a claim that is not named"),
                format!("move it into the list: `{list}: [ {{ claim: /role, equals: ADMIN }} ]`"),
            );
        }
    }

    /// The place of a claim among all that are asked for.
    pub(super) fn position(&mut self, claim: &Pointer) -> usize {
        let known = self.claims.iter().position(|known| known == claim);
        known.unwrap_or_else(|| {
            self.claims.push(claim.clone());
            self.claims.len() - 1
        })
    }
}

/// Levels of `all` and `any`, and the rules in them.
const DEEPEST: usize = 4;

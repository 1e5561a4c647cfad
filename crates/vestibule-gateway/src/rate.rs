//! Limits on the rate of requests: what a route allows to each address, session or tenant.
//!
//! A request counts once, however often it is tried upstream. It counts for its address when its route
//! is known, and for its session and claims when the decision has let it pass: who is not signed in
//! gets 401 and takes nothing from a tenant (TH-92). A limit that refuses takes nothing, and the
//! limits behind it are not asked: they stand in the order of [`RateKey`], the narrow ones first, so
//! that one address beyond its limit takes nothing from the tenant of all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use http::{HeaderMap, HeaderValue};

use crate::block::Block;
use crate::config::{RateKey, RateLimit};
use crate::refusal::Refusal;
use crate::session::{Facts, Opened};

mod buckets;
mod fields;
mod quota;

use buckets::Buckets;
pub use fields::Fields;
use quota::{Quota, Standing};

/// The limits of one route.
#[derive(Debug)]
pub(crate) struct Limits {
    limits: Box<[Limit]>,
    policy: HeaderValue,
}

#[derive(Debug)]
struct Limit {
    key: RateKey,
    name: String,
    buckets: Arc<Buckets>,
}

/// What the limits of its route say to one request.
#[derive(Debug)]
pub(crate) struct Account<'a> {
    limits: &'a Limits,
    now: Duration,
    /// In the order of the limits, as far as they were asked.
    standings: Vec<Standing>,
}

/// A request beyond a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exceeded {
    /// What the limit counts by, for the log and the metric.
    pub cause: &'static str,
    /// Whole seconds until the next request may pass, at least one.
    pub retry_after: u64,
    /// What the client is told of all limits.
    pub fields: Option<Fields>,
}

impl Limits {
    /// Begins with what is known before the session: the address.
    pub(crate) fn account(&self, address: IpAddr, now: Duration) -> Account<'_> {
        let mut account = Account {
            limits: self,
            now,
            standings: Vec::new(),
        };
        let by_address = |limit: &&Limit| matches!(limit.key, RateKey::Address);
        for limit in self.limits.iter().take_while(by_address) {
            let standing = limit.buckets.take(Block::from(address), now);
            account.standings.push(standing);
            if !standing.allowed {
                break;
            }
        }
        account
    }

    /// Forgets what is over.
    pub(crate) fn sweep(&self, now: Duration) {
        for limit in &self.limits {
            limit.buckets.sweep(now);
        }
    }
}

impl Account<'_> {
    /// Lets a request pass that nothing else keeps from its upstream, or not.
    pub(crate) fn settle(&mut self, session: Option<&Opened>) -> Result<(), Refusal> {
        if !self.is_exceeded() {
            for limit in self.limits.limits.iter().skip(self.standings.len()) {
                let standing = limit.buckets.take(limit.key_of(session), self.now);
                self.standings.push(standing);
                if !standing.allowed {
                    break;
                }
            }
        }
        if !self.is_exceeded() {
            return Ok(());
        }
        let last = self.standings.len().saturating_sub(1);
        let limit = self.limits.limits.get(last);
        let wait = self.standings.last().map(|standing| standing.wait);
        Err(Refusal::RateLimited(Box::new(Exceeded {
            cause: limit.map_or("", |limit| limit.key.cause()),
            retry_after: fields::whole_seconds(wait.unwrap_or_default()).max(1),
            fields: self.fields(),
        })))
    }

    /// Tells the client of an answer where it stands.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        if let Some(fields) = self.fields() {
            fields.write(headers);
        }
    }

    fn is_exceeded(&self) -> bool {
        self.standings.last().is_some_and(|last| !last.allowed)
    }

    fn fields(&self) -> Option<Fields> {
        let named = self.limits.limits.iter().zip(&self.standings);
        let named = named.map(|(limit, standing)| (limit.name.as_str(), standing));
        Fields::new(&self.limits.policy, named)
    }
}

impl Limit {
    /// What it counts by: all values of a claim, none where the session has no such claim. Those who
    /// lack it share one bucket; they do not go free.
    fn key_of<'a>(&self, session: Option<&'a Opened>) -> &'a [String] {
        let values = |position: usize| facts(session, position);
        match &self.key {
            RateKey::Address => &[],
            RateKey::Claim { position, .. } => values(*position),
            RateKey::Session { positions } => {
                let named = |position: &usize| Some(values(*position)).filter(|it| !it.is_empty());
                positions.iter().find_map(named).unwrap_or_default()
            }
        }
    }
}

fn facts(session: Option<&Opened>, position: usize) -> &[String] {
    let facts: Option<&Facts> = session.map(Opened::facts);
    facts.map_or(&[], |facts| facts.values(position))
}

/// The buckets in use, by what they are for: a reload that leaves a limit as it is leaves its counts.
#[derive(Debug, Default)]
pub(crate) struct Registry(Mutex<HashMap<String, Weak<Buckets>>>);

impl Registry {
    /// The limits of `route`, which stands for its host, path and methods.
    pub(crate) fn limits(&self, route: &str, limits: &[RateLimit]) -> Limits {
        let names = fields::names(limits);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, buckets| buckets.strong_count() > 0);
        let policy = fields::policy(limits, &names);
        let limits = limits.iter().zip(names).map(|(limit, name)| {
            let terms = format!("{route} {limit}");
            let buckets = known.get(&terms).and_then(Weak::upgrade);
            let buckets = buckets.unwrap_or_else(|| {
                let quota = Quota::new(limit.requests, limit.per, limit.burst);
                let buckets = Arc::new(Buckets::new(quota));
                known.insert(terms, Arc::downgrade(&buckets));
                buckets
            });
            Limit {
                key: limit.key.clone(),
                name,
                buckets,
            }
        });
        Limits {
            limits: limits.collect(),
            policy,
        }
    }
}

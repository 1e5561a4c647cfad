//! The places for client connections, shared by all cores.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::block::Block;

/// Counts open connections of the whole process; touched when one opens or closes, never per request.
#[derive(Debug, Default)]
pub(crate) struct Places {
    taken: AtomicUsize,
    /// Those of addresses, while they have any and a limit asks: never more than there are places.
    by_address: Mutex<HashMap<Block, usize>>,
}

/// A taken place; free again when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Places>,
    of: Option<Block>,
}

impl Places {
    /// Takes a place unless `limit` are taken.
    pub(crate) fn take(self: &Arc<Self>, limit: usize) -> Option<Place> {
        let taken = self.taken.fetch_add(1, Ordering::Relaxed);
        let place = Place {
            places: Arc::clone(self),
            of: None,
        };
        (taken < limit).then_some(place)
    }

    fn by_address(&self) -> MutexGuard<'_, HashMap<Block, usize>> {
        self.by_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Gives the place to an address, unless that has `limit` of them.
    pub(crate) fn give(&mut self, address: IpAddr, limit: usize) -> bool {
        let block = Block::from(address);
        let mut by_address = self.places.by_address();
        let held = by_address.get(&block).copied().unwrap_or_default();
        if held >= limit {
            return false;
        }
        by_address.insert(block, held + 1);
        self.of = Some(block);
        true
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.taken.fetch_sub(1, Ordering::Relaxed);
        let Some(block) = self.of else {
            return;
        };
        if let Entry::Occupied(mut held) = self.places.by_address().entry(block) {
            match held.get() {
                0 | 1 => drop(held.remove()),
                more => *held.get_mut() = more - 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_connection_ends() {
        let places = Arc::new(Places::default());
        let first = places.take(2);
        let second = places.take(2);
        assert!(first.is_some() && second.is_some());
        assert!(places.take(2).is_none());
        drop(first);
        assert!(places.take(2).is_some());
    }

    #[test]
    fn an_address_has_its_own_limit_and_leaves_nothing_behind() {
        let places = Arc::new(Places::default());
        let [one, other] = ["203.0.113.7", "2001:db8::7"].map(|text| text.parse().unwrap());
        let place = || places.take(9).unwrap();
        let [mut first, mut second, mut third, mut fourth] = [place(), place(), place(), place()];
        assert!(first.give(one, 2) && second.give(one, 2));
        assert!(!third.give(one, 2));
        assert!(fourth.give(other, 2));
        drop(first);
        assert!(third.give(one, 2));
        drop((second, third, fourth));
        assert!(places.by_address().is_empty());
    }
}

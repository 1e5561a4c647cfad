//! Candidates: the complete readings that a request's cookies allow.

use std::borrow::Cow;
use std::fmt;

use crate::cookie::CookieName;
use crate::reason::Reason;
use crate::scan::{Cookies, Piece, Place, decoded};

/// One complete token as the request carries it: a whole cookie, or chunks without a gap.
///
/// A whole cookie and chunks of the same name are two candidates and never glued together (TH-34).
pub struct Candidate<'a> {
    /// The name it was found under.
    pub(crate) name: &'a CookieName,
    /// Position of that name in the reader's list.
    pub(crate) index: usize,
    /// Number of chunks; 0 for a whole cookie.
    pub(crate) chunks: usize,
    /// Octets of the last chunk as sent: a full one hints at a lost successor.
    pub(crate) last: usize,
    pub(crate) token: Cow<'a, [u8]>,
}

impl Candidate<'_> {
    /// The name that it was found under, without a chunk number.
    pub fn name(&self) -> &CookieName {
        self.name
    }

    /// Number of chunks; 0 for a whole cookie.
    pub fn chunks(&self) -> usize {
        self.chunks
    }

    /// The whole token text. It is a credential: never log it.
    pub fn token(&self) -> &[u8] {
        &self.token
    }
}

/// Prints name and sizes; the token is a credential.
impl fmt::Debug for Candidate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, octets) = (self.name.as_str(), self.token.len());
        write!(
            f,
            "Candidate({name}, {} chunks, {octets} octets)",
            self.chunks
        )
    }
}

/// Lists the readings for one name, chunks before the whole cookie; a gap is an `Err`.
pub(crate) fn candidates<'a>(
    cookies: &Cookies<'a>,
    index: usize,
    name: &'a CookieName,
) -> impl Iterator<Item = Result<Candidate<'a>, Gap>> {
    let chunked = readings(&cookies.pieces, index).map(move |reading| {
        reading.map(|pieces| Candidate {
            name,
            index,
            chunks: pieces.len(),
            last: pieces.last().map_or(0, |piece| piece.value.len()),
            token: joined(&pieces),
        })
    });
    let whole = whole(&cookies.pieces, index).map(move |token| {
        Ok(Candidate {
            name,
            index,
            chunks: 0,
            last: 0,
            token,
        })
    });
    chunked.chain(whole)
}

/// Chunks that do not run from 0 to the highest number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gap {
    /// Number of chunks that did arrive.
    pub(crate) present: usize,
}

impl Gap {
    pub(crate) const REASON: Reason = Reason::MissingChunk;
}

/// The chunk readings: first occurrences, and last occurrences where they differ.
///
/// Readers of the two versions resolve a repeated name differently (v5 first, v4 mostly last),
/// so either may be the one that the application sees.
fn readings<'a>(
    pieces: &[Piece<'a>],
    index: usize,
) -> impl Iterator<Item = Result<Vec<Piece<'a>>, Gap>> + use<'a> {
    let mut chunks: Vec<_> = (pieces.iter().copied())
        .filter(|piece| piece.name == index && piece.place != Place::Whole)
        .collect();
    // Stable: repeats of one number stay in the order of the header.
    chunks.sort_by_key(|piece| piece.place);
    let mut last = chunks.clone();
    chunks.dedup_by_key(|piece| piece.place);
    last.reverse();
    last.dedup_by_key(|piece| piece.place);
    last.reverse();
    let same = (chunks.iter().zip(&last)).all(|(first, last)| first.value == last.value);
    let first = (!chunks.is_empty()).then_some(chunks);
    let second = (!same).then_some(last);
    first.into_iter().chain(second).map(|reading| {
        let contiguous = (0..)
            .zip(&reading)
            .all(|(n, piece)| piece.place == Place::Chunk(n));
        contiguous.then_some(()).ok_or(Gap {
            present: reading.len(),
        })?;
        Ok(reading)
    })
}

fn joined<'a>(pieces: &[Piece<'a>]) -> Cow<'a, [u8]> {
    if let [piece] = pieces {
        return decoded(piece.value);
    }
    let mut token = Vec::with_capacity(pieces.iter().map(|piece| piece.value.len()).sum());
    for piece in pieces {
        token.extend_from_slice(&decoded(piece.value));
    }
    Cow::Owned(token)
}

/// The different whole cookies of one name, at most [`MAX_REPEATS`], in the order of the header.
fn whole<'a>(pieces: &[Piece<'a>], index: usize) -> impl Iterator<Item = Cow<'a, [u8]>> + use<'a> {
    let mut found: [Option<&[u8]>; MAX_REPEATS] = [None; MAX_REPEATS];
    for piece in pieces {
        if piece.name != index || piece.place != Place::Whole || found.contains(&Some(piece.value))
        {
            continue;
        }
        if let Some(free) = found.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(piece.value);
        }
    }
    found.into_iter().flatten().map(decoded)
}

/// Different values of one name that are looked at (rule CK3).
const MAX_REPEATS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, expected: &[Result<(usize, &str), usize>]) {
        let header = header.replace('S', "authjs.session-token");
        let names = CookieName::known();
        let cookies = Cookies::scan(&names, [header.as_bytes()]).unwrap();
        let found: Vec<_> = candidates(&cookies, 1, &names[1])
            .map(|reading| match reading {
                Ok(it) => Ok((it.chunks, String::from_utf8(it.token.into_owned()).unwrap())),
                Err(gap) => Err(gap.present),
            })
            .collect();
        let expected: Vec<_> = (expected.iter())
            .map(|reading| reading.map(|(chunks, token)| (chunks, token.to_owned())))
            .collect();
        assert_eq!(found, expected, "{header}");
    }

    #[test]
    fn chunks_join_by_number_whatever_their_order() {
        check("S.1=b; S.0=a; S.2=c", &[Ok((3, "abc"))]);
        check("S.0=a", &[Ok((1, "a"))]);
        let header: Vec<_> = (0..12).rev().map(|n| format!("S.{n}={n},")).collect();
        check(&header.join(";"), &[Ok((12, "0,1,2,3,4,5,6,7,8,9,10,11,"))]);
    }

    #[test]
    fn debug_output_never_shows_the_token() {
        let names = CookieName::known();
        for header in ["authjs.session-token=hush", "authjs.session-token.0=hush"] {
            let cookies = Cookies::scan(&names, [header.as_bytes()]).unwrap();
            let found: Vec<_> = candidates(&cookies, 1, &names[1]).collect();
            let shown = format!("{found:?}");
            assert!(shown.contains("authjs.session-token") && shown.contains("4 octets"));
            // Neither as text nor as a list of octets.
            assert!(!shown.contains("hush") && !shown.contains("104"), "{shown}");
        }
    }

    #[test]
    fn a_gap_is_told_from_the_number_that_is_missing() {
        check("S.0=a; S.2=c", &[Err(2)]);
        check("S.1=b", &[Err(1)]);
        check("S.0=; S.1=b", &[Err(1)]);
    }

    #[test]
    fn whole_cookie_and_chunks_are_never_glued() {
        check("S=w; S.0=a; S.1=b", &[Ok((2, "ab")), Ok((0, "w"))]);
        check("S.0=a; S=w; S.1=", &[Ok((1, "a")), Ok((0, "w"))]);
    }

    #[test]
    fn repeats_are_read_first_and_last() {
        check("S.0=a; S.0=x; S.1=b", &[Ok((2, "ab")), Ok((2, "xb"))]);
        check("S=a; S=a; S=b", &[Ok((0, "a")), Ok((0, "b"))]);
        check(
            "S=a;S=b;S=c;S=d;S=e",
            &["a", "b", "c", "d"].map(|t| Ok((0, t))),
        );
    }
}

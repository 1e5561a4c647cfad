//! The peculiarities of a path that only some routes take (rule PT3).

use crate::refusal::BadPath;

/// Peculiarities that a target has, or that a route takes.
///
/// Each of them means one thing to one server and another thing to the next one,
/// so a route takes none unless it says so, each on its own (TH-08).
/// Dot segments are not here: no route takes them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent switches, named as in the configuration"
)]
pub struct Unusual {
    /// `%2f`: a slash that does not separate segments.
    pub encoded_slash: bool,
    /// `//`: a segment without a name before the last one.
    pub empty_segments: bool,
    /// `;` or `%3b`: some servers cut the segment there.
    pub path_parameters: bool,
    /// `%23`, `%3f`, or `%25` before two hex digits: reserved octets for whoever decodes once more.
    pub encoded_reserved: bool,
}

impl Unusual {
    /// What a route of pages takes by itself: it carries no token and rewrites nothing (PT3).
    pub const PAGES: Self = Self {
        encoded_slash: true,
        empty_segments: false,
        path_parameters: true,
        encoded_reserved: true,
    };

    /// Whether everything here is among `allowed`; otherwise the first thing that is not.
    pub fn within(self, allowed: Self) -> Result<(), BadPath> {
        let lacks = [
            (
                self.encoded_slash,
                allowed.encoded_slash,
                BadPath::EncodedSlash,
            ),
            (
                self.empty_segments,
                allowed.empty_segments,
                BadPath::EmptySegment,
            ),
            (
                self.path_parameters,
                allowed.path_parameters,
                BadPath::PathParameter,
            ),
            (
                self.encoded_reserved,
                allowed.encoded_reserved,
                BadPath::EncodedReserved,
            ),
        ];
        match lacks.into_iter().find(|(has, may, _)| *has && !may) {
            Some((_, _, fault)) => Err(fault),
            None => Ok(()),
        }
    }
}

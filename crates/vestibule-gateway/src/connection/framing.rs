//! The framing of what a client sends, read beside hyper: where one message ends and the next begins.
//!
//! hyper repairs what it can: it takes a bare LF for a line end, and where `Content-Length` stands beside
//! `Transfer-Encoding` it removes the one before anybody sees it. Somebody in front of us may have read the
//! other one, and then disagrees with us about where the next request begins (FR1, TH-78). So the octets
//! are looked at before hyper gets them. Nothing is copied but the part of a line that two reads share.

use memchr::memchr;

/// How far the messages of a connection were read.
#[derive(Debug)]
pub(super) struct Framing {
    part: Part,
    /// What the head that is being read says about its body.
    length: Option<u64>,
    chunked: bool,
    /// The beginning of a line whose end did not come yet.
    line: [u8; LINE],
    /// Octets of that line, of which the first are in `line`.
    begun: usize,
    /// Its last octet, which may be the CR of a line end.
    last: u8,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A request line, or empty lines before it.
    Start,
    /// A header line, or the empty one behind them.
    Header,
    /// So many octets of a body.
    Body(u64),
    /// The size of a chunk.
    ChunkSize,
    /// So many octets of a chunk and its line end, which hyper insists on.
    Chunk(u64),
    /// A line of a trailer section, or the empty one behind it.
    Trailer,
}

/// A message that two readers may cut differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ambiguous {
    /// Where in the octets it begins, as far as it began in them; of a body, the line that is ambiguous.
    pub(super) at: usize,
    /// What hyper is to get in its place, and refuses.
    pub(super) instead: &'static [u8],
}

/// A line that decides it.
struct Breach;

impl Framing {
    pub(super) fn new() -> Self {
        Self {
            part: Part::Start,
            length: None,
            chunked: false,
            line: [0; LINE],
            begun: 0,
            last: 0,
        }
    }

    /// Follows what came from the client.
    pub(super) fn read(&mut self, octets: &[u8]) -> Result<(), Ambiguous> {
        let mut rest = octets;
        let mut begin = 0;
        loop {
            match self.part {
                Part::Body(left) => {
                    let (left, behind) = pass(left, rest);
                    rest = behind;
                    self.part = if left == 0 {
                        Part::Start
                    } else {
                        Part::Body(left)
                    };
                }
                Part::Chunk(left) => {
                    let (left, behind) = pass(left, rest);
                    rest = behind;
                    self.part = if left == 0 {
                        Part::ChunkSize
                    } else {
                        Part::Chunk(left)
                    };
                }
                Part::Start | Part::Header | Part::ChunkSize | Part::Trailer => {
                    let here = octets.len() - rest.len();
                    if self.part == Part::Start && self.begun == 0 {
                        begin = here;
                    }
                    let end = memchr(b'\n', rest);
                    let (line, behind) = rest.split_at(end.unwrap_or(rest.len()));
                    // hyper would cut a fragment off the target, which has none (RFC 9112 §3.2).
                    if self.part == Part::Start && memchr(b'#', line).is_some() {
                        return Err(Ambiguous {
                            at: begin,
                            instead: NO_LINE,
                        });
                    }
                    if end.is_none() {
                        self.begin_line(line);
                        return Ok(());
                    }
                    self.end_line(line).map_err(|Breach| match self.part {
                        Part::Start | Part::Header => Ambiguous {
                            at: begin,
                            instead: NO_LINE,
                        },
                        Part::Trailer | Part::Body(_) | Part::Chunk(_) => Ambiguous {
                            at: here,
                            instead: NO_LINE,
                        },
                        Part::ChunkSize => Ambiguous {
                            at: here,
                            instead: NO_SIZE,
                        },
                    })?;
                    rest = behind.get(1..).unwrap_or_default();
                }
            }
            if rest.is_empty() {
                return Ok(());
            }
        }
    }

    /// Keeps what came of a line.
    fn begin_line(&mut self, part: &[u8]) {
        let room = self.line.iter_mut().skip(self.begun);
        for (kept, octet) in room.zip(part) {
            *kept = *octet;
        }
        self.begun = self.begun.saturating_add(part.len());
        self.last = part.last().copied().unwrap_or(self.last);
    }

    /// Reads the line that ends with this part.
    fn end_line(&mut self, part: &[u8]) -> Result<(), Breach> {
        if self.begun == 0 {
            let line = part.strip_suffix(b"\r").ok_or(Breach)?;
            return self.take(line, line.len() > LINE);
        }
        self.begin_line(part);
        if self.last != b'\r' {
            return Err(Breach);
        }
        let octets = self.begun - 1;
        (self.begun, self.last) = (0, 0);
        let line = self.line;
        self.take(line.get(..octets).unwrap_or(&line), octets > LINE)
    }

    /// Learns from a line without its end; of a `cut` one only the beginning is there.
    fn take(&mut self, line: &[u8], cut: bool) -> Result<(), Breach> {
        match self.part {
            Part::Start if line.is_empty() => {}
            Part::Start => self.part = Part::Header,
            Part::Header if line.is_empty() => self.part = self.body()?,
            Part::Header => self.header(line, cut)?,
            Part::ChunkSize => {
                self.part = match chunk_size(line).ok_or(Breach)? {
                    0 => Part::Trailer,
                    octets => Part::Chunk(octets.checked_add(2).ok_or(Breach)?),
                }
            }
            Part::Trailer if line.is_empty() => self.part = Part::Start,
            Part::Trailer | Part::Body(_) | Part::Chunk(_) => {}
        }
        Ok(())
    }

    fn header(&mut self, line: &[u8], cut: bool) -> Result<(), Breach> {
        // Almost every line is known by its first octet.
        if !line
            .first()
            .is_some_and(|octet| matches!(octet, b'c' | b'C' | b't' | b'T'))
        {
            return Ok(());
        }
        if let Some(value) = value(line, b"content-length:") {
            let length = digits(value, 10, 19).filter(|_| !cut).ok_or(Breach)?;
            if self.length.is_some_and(|other| other != length) {
                return Err(Breach);
            }
            self.length = Some(length);
        } else if let Some(value) = value(line, b"transfer-encoding:") {
            // Exactly this one: any other coding is somebody else's to undo, and two readers may count
            // two of them differently.
            if cut || self.chunked || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(Breach);
            }
            self.chunked = true;
        }
        Ok(())
    }

    /// What follows the head that has ended.
    fn body(&mut self) -> Result<Part, Breach> {
        match (self.length.take(), std::mem::take(&mut self.chunked)) {
            (Some(_), true) => Err(Breach),
            (None, true) => Ok(Part::ChunkSize),
            (Some(0) | None, false) => Ok(Part::Start),
            (Some(length), false) => Ok(Part::Body(length)),
        }
    }
}

/// Skips octets of a body: how many are left then, and what is behind them.
fn pass(left: u64, octets: &[u8]) -> (u64, &[u8]) {
    let here = usize::try_from(left)
        .unwrap_or(usize::MAX)
        .min(octets.len());
    let behind = octets.get(here..).unwrap_or_default();
    (left.saturating_sub(here as u64), behind)
}

/// The value of a header line of this name.
fn value<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (given, value) = line.split_at_checked(name.len())?;
    // The colon first: it tells most of the other names that begin alike apart.
    let named = given.last() == name.last() && given.eq_ignore_ascii_case(name);
    named.then(|| value.trim_ascii())
}

/// The size in front of a chunk; what an extension says is nobody's concern.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits_end = line.iter().position(|octet| !octet.is_ascii_hexdigit());
    digits(line.get(..digits_end.unwrap_or(line.len()))?, 16, 16)
}

/// A number of digits and nothing else.
fn digits(text: &[u8], radix: u32, longest: usize) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    let plain = (1..=longest).contains(&text.len()) && text.chars().all(|it| it.is_digit(radix));
    u64::from_str_radix(text, radix).ok().filter(|_| plain)
}

/// Neither a head nor the rest of one, and no trailer: NUL stands in none of them.
const NO_LINE: &[u8] = b"\0\r\n\r\n";

/// Neither the size of a chunk nor the rest of that line, not even its last octet.
const NO_SIZE: &[u8] = b"\r\r";

/// The longest line that says something about framing has this many octets; longer ones are refused.
const LINE: usize = 64;

#[cfg(test)]
mod tests;

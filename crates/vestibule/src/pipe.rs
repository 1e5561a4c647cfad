//! Standard output, whose reader may have seen enough.

use std::io::{self, Write};

/// Takes what nobody reads any more for written.
///
/// `head` closes the pipe when it has its lines. That is no failure of ours, and it does not change
/// what the command found: the exit status says the same as without `head`.
#[derive(Debug)]
pub(crate) struct Pipe<W>(W);

impl<W: Write> Pipe<W> {
    pub(crate) fn new(output: W) -> Self {
        Self(output)
    }
}

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        match self.0.write(octets) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(octets.len()),
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            flushed => flushed,
        }
    }
}

//! Lines on their way from the cores to the thread that writes them.
//!
//! A core never waits for the reader of the log: it copies its line into a bounded buffer, or counts
//! it as lost. The first line wakes the writer, which waits a moment for more, so that a busy gateway
//! pays for one wake-up and one system call for many lines.

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::error::Error;

/// The buffer that cores fill and the writer empties.
#[derive(Debug, Default)]
pub(super) struct Queue {
    pending: Mutex<Pending>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Pending {
    lines: Vec<u8>,
    /// Lines for which there was no room.
    lost: u64,
    closed: bool,
}

/// The writing thread; dropping it writes what is left and ends the thread.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Arc<Queue>,
    thread: Option<JoinHandle<()>>,
}

/// Starts a thread that writes to `output`; `lost` makes the line that tells of lost ones.
pub(super) fn start(
    output: impl Write + Send + 'static,
    lost: impl Fn(u64) -> Vec<u8> + Send + 'static,
) -> Result<(Arc<Queue>, Writer), Error> {
    let queue = Arc::new(Queue::default());
    let source = Arc::clone(&queue);
    let thread = thread::Builder::new()
        .name("vestibule-log".to_owned())
        .spawn(move || source.write_all(output, lost))?;
    let writer = Writer {
        queue: Arc::clone(&queue),
        thread: Some(thread),
    };
    Ok((queue, writer))
}

impl Queue {
    /// Takes a line, its newline included.
    pub(super) fn push(&self, line: &[u8]) {
        let mut pending = self.lock();
        if pending.lines.len() + line.len() > MAX_PENDING {
            pending.lost += 1;
            return;
        }
        let first = pending.lines.is_empty();
        pending.lines.extend_from_slice(line);
        drop(pending);
        if first {
            self.changed.notify_one();
        }
    }

    /// Writes until the queue is closed and empty.
    fn write_all(&self, mut output: impl Write, lost: impl Fn(u64) -> Vec<u8>) {
        let mut lines = Vec::new();
        loop {
            let mut pending = self.lock();
            while pending.lines.is_empty() && pending.lost == 0 {
                if pending.closed {
                    return;
                }
                pending = self
                    .changed
                    .wait(pending)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            let gathered = self.changed.wait_timeout_while(pending, MOMENT, |pending| {
                !pending.closed && pending.lines.len() < MAX_PENDING / 2
            });
            let (mut pending, _) = gathered.unwrap_or_else(PoisonError::into_inner);
            lines.clear();
            std::mem::swap(&mut lines, &mut pending.lines);
            let count = std::mem::take(&mut pending.lost);
            drop(pending);
            if count > 0 {
                lines.extend(lost(count));
            }
            // There is nobody to tell that the log cannot be written.
            let _ = output.write_all(&lines).and_then(|()| output.flush());
        }
    }

    /// A line is copied as a whole, so a panic elsewhere leaves the buffer good.
    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Octets that wait to be written.
const MAX_PENDING: usize = 4 * 1024 * 1024;

/// How long the writer waits for more lines after the first.
const MOMENT: Duration = Duration::from_millis(20);

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Passes on what is written, and writes only when it is let.
    struct Gate {
        open: mpsc::Receiver<()>,
        written: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Gate {
        fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
            let _ = self.open.recv();
            self.written.lock().unwrap().extend_from_slice(octets);
            Ok(octets.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn gate() -> (Gate, mpsc::Sender<()>, Arc<Mutex<Vec<u8>>>) {
        let (sender, open) = mpsc::channel();
        let written = Arc::default();
        (
            Gate {
                open,
                written: Arc::clone(&written),
            },
            sender,
            written,
        )
    }

    #[test]
    fn the_end_writes_what_is_left() {
        let (gate, open, written) = gate();
        drop(open);
        let (queue, writer) = start(gate, |_| Vec::new()).unwrap();
        for number in 0..1000 {
            queue.push(format!("{number}\n").as_bytes());
        }
        drop(writer);
        let written = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        let lines: Vec<_> = written
            .lines()
            .map(|line| line.parse::<usize>().unwrap())
            .collect();
        assert_eq!(lines, (0..1000).collect::<Vec<_>>());
    }

    #[test]
    fn a_reader_that_stands_still_costs_lines_and_not_time() {
        let (gate, open, written) = gate();
        let (queue, writer) = start(gate, |lost| format!("lost {lost}\n").into_bytes()).unwrap();
        let line = vec![b'x'; 1024 * 1024];
        // Four fit into the buffer and at most four more into the writer's hands.
        for _ in 0..20 {
            queue.push(&line);
        }
        drop(open);
        drop(writer);
        let written = written.lock().unwrap();
        let text = String::from_utf8_lossy(&written);
        let kept = text.matches('x').count() / line.len();
        let lost = text.replace('x', "");
        let lost = lost.lines().map(|line| line.strip_prefix("lost ").unwrap());
        let lost: usize = lost.map(|count| count.parse::<usize>().unwrap()).sum();
        assert!((4..=8).contains(&kept), "{kept}");
        assert_eq!(kept + lost, 20);
    }
}

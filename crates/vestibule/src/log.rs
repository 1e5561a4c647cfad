//! The log: events become lines, and a thread of its own writes them.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::SystemTime;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::{EnvFilter, Registry};

use crate::cli::LogFormat;
use crate::environment;
use crate::error::Error;

mod json;
mod queue;
mod text;
mod timestamp;

use queue::{Queue, Writer};
use timestamp::Timestamp;

/// Keeps the log going; dropping it writes what is left.
#[derive(Debug)]
pub(crate) struct Log {
    _writer: Writer,
}

/// Starts the log of this process, on standard error, and says which form it has.
pub(crate) fn start(
    level: Option<&str>,
    format: Option<LogFormat>,
    choice: anstream::ColorChoice,
) -> Result<(Log, LogFormat), Error> {
    let chosen = chosen(format)?;
    let format = match chosen {
        LogFormat::Json => Format::Json,
        LogFormat::Text => {
            let stream = anstream::AutoStream::new(std::io::stderr(), choice);
            let coloured = stream.current_choice() != anstream::ColorChoice::Never;
            Format::Text { coloured }
        }
    };
    let (queue, writer) = queue::start(std::io::stderr(), move |lost| {
        let mut line = Vec::new();
        format.lost(&mut line, environment::wall_clock(), lost);
        line
    })?;
    let lines = Lines {
        format,
        queue,
        clock: environment::wall_clock,
    };
    let subscriber = Registry::default().with(filter(level)?).with(lines);
    // Nothing else in this process sets one, and a log that cannot start must not stop the gateway.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok((Log { _writer: writer }, chosen))
}

/// `RUST_LOG` is what somebody sets in a hurry, so it wins.
fn filter(level: Option<&str>) -> Result<EnvFilter, Error> {
    let set = |name| environment::variable(name).filter(|text| !text.is_empty());
    let text = set("RUST_LOG")
        .or_else(|| level.map(str::to_owned))
        .or_else(|| set("VESTIBULE_LOG_LEVEL"))
        .unwrap_or_else(|| "info".to_owned());
    EnvFilter::try_new(&text).map_err(|_| Error::LogLevel { text })
}

fn chosen(format: Option<LogFormat>) -> Result<LogFormat, Error> {
    if let Some(format) = format {
        return Ok(format);
    }
    let usual = if environment::log_is_terminal() {
        "text"
    } else {
        "json"
    };
    let text = environment::variable("VESTIBULE_LOG_FORMAT").filter(|text| !text.is_empty());
    match text.as_deref().unwrap_or(usual) {
        "json" => Ok(LogFormat::Json),
        "text" => Ok(LogFormat::Text),
        text => Err(Error::LogFormat {
            text: text.to_owned(),
        }),
    }
}

/// How a line looks.
#[derive(Debug, Clone, Copy)]
enum Format {
    Json,
    Text { coloured: bool },
}

impl Format {
    fn event(self, line: &mut Vec<u8>, time: &Timestamp, event: &Event<'_>) {
        match self {
            Self::Json => json::write(line, time, event),
            Self::Text { coloured } => text::write(line, time, event, coloured),
        }
    }

    /// Lines were lost: nobody read the log fast enough.
    fn lost(self, line: &mut Vec<u8>, now: SystemTime, lost: u64) {
        let time = Timestamp::of(now);
        match self {
            Self::Json => json::write_lost(line, &time, lost),
            Self::Text { coloured } => text::write_lost(line, &time, lost, coloured),
        }
    }
}

/// Turns events into lines.
struct Lines {
    format: Format,
    queue: Arc<Queue>,
    clock: fn() -> SystemTime,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        LINE.with(|line| {
            // An event inside an event would come from the formatting itself.
            let Ok(mut line) = line.try_borrow_mut() else {
                return;
            };
            line.clear();
            self.format
                .event(&mut line, &Timestamp::of((self.clock)()), event);
            self.queue.push(&line);
        });
    }
}

thread_local! {
    /// Each thread builds its lines in a place of its own, so that a line costs no allocation.
    static LINE: RefCell<Vec<u8>> = RefCell::new(Vec::with_capacity(1024));
}

/// The word for a level.
fn level_name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

const LOST: &str = "log lines were lost, because they were not read fast enough";

#[cfg(test)]
mod tests;

//! A provider's server as a script: real sockets, real octets, one exchange after the other.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

use super::{ApiKey, Audience, Endpoint, Prompt, Setting};
use crate::assistant::provider::Message;
use crate::assistant::tools::Tool;

/// What the server does once it has read a request.
pub(super) enum Step {
    /// Sends these octets, in one write.
    Send(Vec<u8>),
    /// Goes on when the test says so.
    Wait(oneshot::Receiver<()>),
    /// Waits until the client closes, and tells the test.
    UntilClosed(oneshot::Sender<()>),
}

/// A running script.
pub(super) struct Script {
    pub(super) endpoint: Endpoint,
    requests: mpsc::UnboundedReceiver<String>,
}

impl Script {
    /// Serves one exchange for each list of steps, each on a connection of its own.
    pub(super) async fn run(exchanges: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, requests) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            for steps in exchanges {
                let (stream, _) = listener.accept().await.unwrap();
                exchange(stream, steps, &sender).await;
            }
        });
        Self {
            endpoint: Endpoint {
                base_url: format!("http://{address}/v1/"),
                model: "model-x".to_owned(),
                key: ApiKey::new("sk-very-secret"),
                silence: Duration::from_secs(30),
            },
            requests,
        }
    }

    /// The next request as it came: head and body.
    pub(super) fn request(&mut self) -> String {
        self.requests.try_recv().unwrap()
    }

    /// Whether no request has come.
    pub(super) fn requests_are_none(&mut self) -> bool {
        self.requests.try_recv().is_err()
    }
}

async fn exchange(mut stream: TcpStream, steps: Vec<Step>, sender: &mpsc::UnboundedSender<String>) {
    let mut octets = Vec::new();
    while !is_whole(&octets) {
        let read = stream.read_buf(&mut octets).await.unwrap();
        assert_ne!(read, 0, "the request broke off");
    }
    sender.send(String::from_utf8(octets).unwrap()).unwrap();
    for step in steps {
        match step {
            Step::Send(octets) => {
                stream.write_all(&octets).await.unwrap();
                stream.flush().await.unwrap();
            }
            Step::Wait(turn) => turn.await.unwrap(),
            Step::UntilClosed(closed) => {
                let mut rest = Vec::new();
                // A reset is a close as well.
                let _ = stream.read_to_end(&mut rest).await;
                closed.send(()).unwrap();
                return;
            }
        }
    }
}

fn is_whole(octets: &[u8]) -> bool {
    let text = String::from_utf8_lossy(octets);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.parse().unwrap())
    });
    body.len() >= length.unwrap_or(0)
}

/// The head of a stream of events that ends with its connection.
pub(super) fn stream_head() -> Step {
    Step::Send(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\nconnection: close\r\n\r\n"
            .to_vec(),
    )
}

/// A whole answer without a stream.
pub(super) fn answer(status: u16, body: &str) -> Vec<Step> {
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nretry-after: 7\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    vec![Step::Send(format!("{head}{body}").into_bytes())]
}

/// A stream that sends these texts, one write each.
pub(super) fn stream<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<Step> {
    let texts = texts
        .into_iter()
        .map(|text| Step::Send(text.as_bytes().to_vec()));
    std::iter::once(stream_head()).chain(texts).collect()
}

/// A question, as the first of a conversation.
pub(super) fn prompt(text: &str) -> Prompt {
    Prompt {
        setting: Setting {
            audience: Audience::Admin,
            tenant: "Willow & Pine".to_owned(),
            currency: "USD".to_owned(),
            time_zone: "America/New_York".to_owned(),
            today: jiff::civil::date(2026, 3, 11),
            open_proposals: 0,
            decided: Vec::new(),
        },
        messages: vec![Message::User(text.to_owned())],
        tools: Tool::of(Audience::Admin),
        may_call: true,
    }
}

/// The pieces that were sent.
pub(super) fn pieces(receiver: &mut mpsc::Receiver<String>) -> Vec<String> {
    std::iter::from_fn(|| receiver.try_recv().ok()).collect()
}

//! A connection whose other end falls silent, with a clock that the test moves.

use std::future::poll_fn;
use std::pin::Pin;

use http::Request;
use tokio::io::duplex;
use tokio::task::LocalSet;

use super::*;

/// Opens a connection to a server that is alive as long as somebody polls it.
async fn open() -> (
    SendRequest<Bytes>,
    Rc<Link>,
    h2::server::Connection<tokio::io::DuplexStream, Bytes>,
) {
    let (near, far) = duplex(1 << 16);
    let (client, server) = tokio::join!(link::open(near, Duration::from_secs(5)), async {
        let mut server = h2::server::handshake(far).await.unwrap();
        // Its settings are written once it is asked for a stream.
        poll_fn(|cx| {
            let _ = server.poll_accept(cx);
            Poll::Ready(())
        })
        .await;
        server
    });
    let Ok((sender, link)) = client else {
        panic!("no connection");
    };
    (sender, link, server)
}

fn get() -> Request<()> {
    Request::get("http://api.test/").body(()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_silent_upstream_is_asked_beside_the_next_request_and_given_up() {
    let local = LocalSet::new();
    local
        .run_until(async {
            let (mut sender, link, _server) = open().await;
            tokio::time::advance(Duration::from_secs(11)).await;
            link.probe();
            let asked = Instant::now();
            let (response, _) = sender.send_request(get(), true).unwrap();
            let answer = tokio::time::timeout(Duration::from_mins(1), response).await;
            assert!(answer.expect("an end").is_err());
            // The time that is given for a connection, and not the minute for an answer.
            assert_eq!(asked.elapsed().as_secs(), 5);
            assert!(!link.is_open());
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn an_upstream_that_answers_the_question_keeps_its_connection() {
    let local = LocalSet::new();
    local
        .run_until(async {
            let (mut sender, link, mut server) = open().await;
            tokio::time::advance(Duration::from_secs(11)).await;
            link.probe();
            let (response, _) = sender.send_request(get(), true).unwrap();
            tokio::task::spawn_local(async move {
                let (_, mut respond) = server.accept().await.unwrap().unwrap();
                tokio::task::spawn_local(async move {
                    tokio::time::sleep(Duration::from_secs(50)).await;
                    respond.send_response(Response::new(()), true).unwrap();
                });
                poll_fn(|cx| server.poll_closed(cx)).await
            });
            assert_eq!(response.await.unwrap().status(), 200);
            assert!(link.is_open());
        })
        .await;
}

/// Servers of gRPC end connections whose client asks too often.
#[tokio::test(start_paused = true)]
async fn an_upstream_that_just_spoke_is_not_asked() {
    let local = LocalSet::new();
    local
        .run_until(async {
            let (mut sender, link, _server) = open().await;
            tokio::time::advance(Duration::from_secs(9)).await;
            link.probe();
            let (mut response, _) = sender.send_request(get(), true).unwrap();
            let waited = tokio::time::timeout(Duration::from_mins(10), Pin::new(&mut response));
            assert!(waited.await.is_err());
            assert!(link.is_open());
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn what_is_idle_for_a_minute_is_closed() {
    let local = LocalSet::new();
    local
        .run_until(async {
            let (sender, link, mut server) = open().await;
            let shared = Multiplexed {
                shared: RefCell::new(vec![Shared { sender, link }]),
                opening: Mutex::new(()),
                idle_connections: 1,
                patience: Duration::from_secs(5),
            };
            let (_, busy) = shared.find().unwrap();
            tokio::time::advance(Duration::from_secs(61)).await;
            shared.sweep();
            assert_eq!((shared.idle(), shared.shared.borrow().len()), (0, 1));
            drop(busy);
            shared.sweep();
            assert_eq!(shared.idle(), 1);
            tokio::time::advance(Duration::from_secs(61)).await;
            shared.sweep();
            assert_eq!((shared.idle(), shared.shared.borrow().len()), (0, 0));
            // The other end hears of it.
            assert!(server.accept().await.is_none());
        })
        .await;
}

use std::future::poll_fn;

use vestibule_session::{CookieName, Reader, Rules, Scheme, Writer};

use super::*;

const NOW: u64 = 1_790_000_000;
const OLD: &str = "old-secret-0123456789abcdef0123456789";
const NEW: &str = "new-secret-0123456789abcdef0123456789";

fn secrets(texts: &[&str]) -> Vec<Secret> {
    texts.iter().map(|it| Secret::new(*it).unwrap()).collect()
}

/// A session of the old secret, so many seconds before its end, among these.
fn lease(texts: &[&str], left: u64) -> (Lease, watch::Sender<Secrets>) {
    let name = CookieName::known()[1].clone();
    let cookie = name.as_str().to_owned();
    let [old] = secrets(&[OLD]).try_into().unwrap();
    let token = Writer::new(&old, name)
        .encode(r#"{"sub":"u-1"}"#, NOW, 3600, [1; 32])
        .unwrap();
    let all = secrets(texts);
    let reader = Reader::new(&all, Rules::default());
    let header = format!("{cookie}={token}");
    let session = reader.open([header.as_bytes()], Scheme::Http, NOW).unwrap();
    let now = session.validity().end - left;
    let own = Secrets::new(&all);
    let sender = watch::Sender::new(own.clone());
    let lease = Lease::new(&session, now, &own, sender.subscribe()).unwrap();
    (lease, sender)
}

#[tokio::test(start_paused = true)]
async fn it_is_over_with_the_session_and_not_earlier() {
    let (mut lease, _secrets) = lease(&[OLD], 100);
    let begin = Instant::now();
    assert_eq!(poll_fn(|cx| lease.poll(cx)).await, Over::Session);
    let waited = begin.elapsed();
    assert!(waited >= Duration::from_secs(100) && waited < Duration::from_secs(101));
}

#[tokio::test(start_paused = true)]
async fn it_is_over_when_the_secret_that_opened_it_goes() {
    for texts in [&[OLD, NEW][..], &[NEW, OLD]] {
        let (mut lease, sender) = lease(texts, 3600);
        let waits = |lease: &mut Lease| {
            let cx = &mut Context::from_waker(std::task::Waker::noop());
            lease.poll(cx).is_pending()
        };
        assert!(waits(&mut lease));
        // Secrets come, change their order, and others go.
        for others in [&[NEW, OLD][..], &[OLD, NEW], &[OLD]] {
            sender.send_replace(Secrets::new(&secrets(others)));
            assert!(waits(&mut lease), "{others:?}");
        }
        sender.send_replace(Secrets::new(&secrets(&[NEW])));
        assert_eq!(poll_fn(|cx| lease.poll(cx)).await, Over::Secret);
    }
}

/// A request may begin before a reload and become a tunnel after it.
#[tokio::test(start_paused = true)]
async fn a_secret_that_went_before_anybody_waited_is_noticed() {
    let (mut lease, sender) = lease(&[OLD], 3600);
    sender.send_replace(Secrets::new(&secrets(&[NEW])));
    assert_eq!(poll_fn(|cx| lease.poll(cx)).await, Over::Secret);
}

#[tokio::test(start_paused = true)]
async fn what_is_done_at_once_sets_no_timer_and_what_waits_is_asked_last() {
    let (mut lease, _secrets) = lease(&[OLD], 1);
    let cx = &mut Context::from_waker(std::task::Waker::noop());
    tokio::time::advance(Duration::from_secs(2)).await;
    // It was ready before anybody had to wait.
    assert_eq!(
        lease.poll_within(cx, |_| Poll::Ready(1)),
        Ok(Poll::Ready(1))
    );
    assert!(lease.waiting.is_none());
    let pending = lease.poll_within(cx, |_| Poll::<i32>::Pending);
    assert_eq!(pending, Err(Over::Session));
}

#[tokio::test(start_paused = true)]
async fn an_event_that_comes_with_the_end_comes_too_late() {
    let (mut lease, _secrets) = lease(&[OLD], 1);
    let cx = &mut Context::from_waker(std::task::Waker::noop());
    let pending = lease.poll_within(cx, |_| Poll::<i32>::Pending);
    assert_eq!(pending, Ok(Poll::Pending));
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(
        lease.poll_within(cx, |_| Poll::Ready(1)),
        Err(Over::Session)
    );
}

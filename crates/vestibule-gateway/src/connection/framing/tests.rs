use super::*;

/// The messages that begin in `octets`, however they are cut into reads; `None` where one is ambiguous.
fn messages(octets: &str, reads: usize) -> Option<Framing> {
    let mut framing = Framing::new();
    for read in octets.as_bytes().chunks(reads) {
        framing.read(read).ok()?;
    }
    Some(framing)
}

/// What is expected next after all of it.
#[track_caller]
fn check(octets: &str, next: Option<Part>) {
    for reads in [1, 2, 3, 7, 50, octets.len()] {
        let framing = messages(octets, reads);
        assert_eq!(
            framing.map(|framing| framing.part),
            next,
            "{octets:?} in reads of {reads}"
        );
    }
}

fn post(lines: &str) -> String {
    format!("POST / HTTP/1.1\r\n{lines}\r\n")
}

#[test]
fn a_message_ends_where_its_framing_says() {
    for octets in [
        post(""),
        post("Cookie: a=b\r\nTE: trailers\r\nContent-Type: a\r\n"),
        post("content-length: 0\r\n"),
        post("Content-Length:3 \r\n") + "a\nb",
        post("Content-Length: 3\r\nContent-Length: 3\r\n") + "abc",
        post("Transfer-Encoding: Chunked\r\n") + "3\r\na\nb\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n",
        post("Transfer-Encoding: chunked\r\n") + "0\r\nX: y\r\n\r\n",
        "\r\n\r\n".to_owned() + &post(""),
        post("Content-Length: 1\r\n") + "a" + &post(""),
    ] {
        check(&octets, Some(Part::Start));
    }
    check(&(post("Content-Length: 3\r\n") + "a"), Some(Part::Body(2)));
    let chunked = post("Transfer-Encoding: chunked\r\n");
    check(&(chunked.clone() + "3\r\na"), Some(Part::Chunk(4)));
    check(&(chunked + "0\r\nX: y\r\n"), Some(Part::Trailer));
}

#[test]
fn framing_with_two_readings_is_ambiguous() {
    for lines in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\nX: y\r\nContent-Length: 0\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: \x0bchunked\r\n",
        "Transfer-Encoding:\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length:\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "X: y\n",
        "X: y\r\n\nZ: y\r\n",
    ] {
        check(&post(lines), None);
    }
    check(
        &post(&format!("Content-Length: {}5\r\n", " ".repeat(60))),
        None,
    );
    check("GET / HTTP/1.1\nHost: a\r\n\r\n", None);
    check("GET /#a HTTP/1.1\r\n\r\n", None);
    check(&format!("GET /{}#a HTTP/1.1\r\n\r\n", "a".repeat(60)), None);
    check("\nGET / HTTP/1.1\r\n\r\n", None);
}

#[test]
fn chunks_with_two_readings_are_ambiguous() {
    for body in [
        "3\nabc\r\n0\r\n\r\n",
        "\r\nabc\r\n",
        "-3\r\nabc\r\n",
        "0x3\r\n\n",
        "3;a\nb\r\n",
        "00000000000000003\r\nabc\r\n",
        "ffffffffffffffff\r\n",
        "0\r\nX: y\n\r\n",
    ] {
        check(&(post("Transfer-Encoding: chunked\r\n") + body), None);
    }
}

#[test]
fn the_message_before_is_left_alone() {
    let (good, bad) = (post("Content-Length: 1\r\n") + "a", post("X: y\n"));
    let both = format!("{good}{bad}");
    let at = Framing::new().read(both.as_bytes());
    let ambiguous = |at| {
        Err(Ambiguous {
            at,
            instead: NO_LINE,
        })
    };
    assert_eq!(at, ambiguous(good.len()));
    // Where it began in an earlier read, all of this one belongs to it.
    let mut framing = Framing::new();
    framing.read(&both.as_bytes()[..good.len() + 5]).unwrap();
    let at = framing.read(&both.as_bytes()[good.len() + 5..]);
    assert_eq!(at, ambiguous(0));
}

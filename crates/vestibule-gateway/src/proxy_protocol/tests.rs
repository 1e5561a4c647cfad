use proptest::prelude::*;
use tokio::io::AsyncWriteExt as _;

use super::*;

/// A header of version 2, its length told as it is.
fn binary(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
    let length = u16::try_from(rest.len()).unwrap().to_be_bytes();
    [version_2::SIGNATURE, &[command, family], &length, rest].concat()
}

fn tcp4() -> Vec<u8> {
    binary(0x21, 0x11, &[203, 0, 113, 7, 10, 0, 0, 9, 0xdc, 4, 1, 187])
}

fn client(address: &str) -> Told {
    Told::Client(address.parse().unwrap())
}

/// Reads octet by octet as `receive` does, and answers what was read of it.
fn read(octets: &[u8]) -> Result<(Told, usize), HeaderError> {
    let mut length = 0;
    loop {
        match parse(&octets[..length])? {
            Progress::Complete(told) => return Ok((told, length)),
            Progress::Missing(missing) => {
                assert!(missing > 0);
                if octets.len() <= length {
                    return Err(HeaderError::Malformed("cut"));
                }
                length += 1;
            }
        }
    }
}

/// It is read to its end, and the octets behind it are left.
#[track_caller]
fn check(header: &[u8], expected: Told) {
    let shown = String::from_utf8_lossy(header);
    for behind in [&b""[..], b"GET / HTTP/1.1\r\n", b"\r\n", header] {
        let octets = [header, behind].concat();
        assert_eq!(read(&octets), Ok((expected, header.len())), "{shown:?}");
    }
}

#[track_caller]
fn check_refused(header: &[u8]) {
    let found = read(header);
    let shown = String::from_utf8_lossy(header);
    let refused = matches!(&found, Err(HeaderError::Malformed(why)) if *why != "cut");
    assert!(refused, "{shown:?}: {found:?}");
}

#[test]
fn lines_of_version_1_name_the_client() {
    for (line, expected) in [
        ("TCP4 203.0.113.7 10.0.0.9 56324 443", client("203.0.113.7")),
        (
            "TCP4 255.255.255.255 255.255.255.255 65535 65535",
            client("255.255.255.255"),
        ),
        ("TCP4 1.1.1.1 1.1.1.1 0 1", client("1.1.1.1")),
        (
            "TCP6 2001:db8::7 2001:db8::9 56324 443",
            client("2001:db8::7"),
        ),
        ("TCP6 :: :: 1 1", client("::")),
        (
            "TCP6 ::ffff:203.0.113.7 ::1 1 1",
            client("::ffff:203.0.113.7"),
        ),
        (
            "TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535",
            client("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ),
        ("UNKNOWN", Told::Nobody),
        ("UNKNOWN 203.0.113.7 what ever", Told::Nobody),
        (
            "UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535",
            Told::Nobody,
        ),
    ] {
        check(format!("PROXY {line}\r\n").as_bytes(), expected);
    }
}

#[test]
fn other_lines_of_version_1_are_refused() {
    let long = format!("UNKNOWN {}\r\n", "x".repeat(92));
    for line in [
        "TCP4 203.0.113.7 10.0.0.9 56324 443\n",
        "TCP4 203.0.113.7 10.0.0.9 56324 443\rx\r\n",
        "TCP4 203.0.113.7 10.0.0.9 56324\r\n",
        "TCP4 203.0.113.7 10.0.0.9 56324 443 1\r\n",
        "TCP4 203.0.113.7 10.0.0.9 56324 443 \r\n",
        "TCP4  203.0.113.7 10.0.0.9 56324 443\r\n",
        "TCP4\t203.0.113.7 10.0.0.9 56324 443\r\n",
        "TCP4 203.0.113.7 10.0.0.9 65536 443\r\n",
        "TCP4 203.0.113.7 10.0.0.9 -1 443\r\n",
        "TCP4 203.0.113.7 10.0.0.9 +1 443\r\n",
        "TCP4 203.0.113.7 10.0.0.9 080 443\r\n",
        "TCP4 203.0.113.7 10.0.0.9  443\r\n",
        "TCP4 203.0.113.7 10.0.0.9 1 4x3\r\n",
        "TCP4 203.0.113.007 10.0.0.9 1 443\r\n",
        "TCP4 203.0.113.256 10.0.0.9 1 443\r\n",
        "TCP4 203.0.113 10.0.0.9 1 443\r\n",
        "TCP4 2001:db8::7 2001:db8::9 1 443\r\n",
        "TCP6 203.0.113.7 10.0.0.9 1 443\r\n",
        "TCP6 fe80::1%eth0 ::1 1 443\r\n",
        "TCP6 [::1] ::1 1 443\r\n",
        "TCP5 203.0.113.7 10.0.0.9 1 443\r\n",
        "tcp4 203.0.113.7 10.0.0.9 1 443\r\n",
        "UDP4 203.0.113.7 10.0.0.9 1 443\r\n",
        "UNKNOWNS 203.0.113.7\r\n",
        " TCP4 203.0.113.7 10.0.0.9 1 443\r\n",
        "TCP4\r\n          \r\n",
        &long,
    ] {
        check_refused(format!("PROXY {line}").as_bytes());
    }
    check_refused(b"PROXY TCP4 203.0.113.7\xff 10.0.0.9 1 443\r\n");
    check_refused(b"PROXY TCP4 203.0.113.7 10.0.0.9 1 443\0\r\n");
    // 107 octets without an end are enough to know.
    check_refused(&[b"PROXY UNKNOWN ".as_slice(), &[b'x'; 93]].concat());
}

#[test]
fn headers_of_version_2_name_the_client() {
    check(&tcp4(), client("203.0.113.7"));
    let mut tcp6 = [0; 36];
    tcp6[..16].copy_from_slice(
        &"2001:db8::7"
            .parse::<std::net::Ipv6Addr>()
            .unwrap()
            .octets(),
    );
    check(&binary(0x21, 0x21, &tcp6), client("2001:db8::7"));
    check(&binary(0x21, 0x31, &[b'/'; 216]), Told::Nobody);
    check(&binary(0x21, 0x00, &[]), Told::Nobody);
    check(&binary(0x21, 0x00, &[1, 2, 3]), Told::Nobody);
    check(&binary(0x20, 0x00, &[]), Told::Balancer);
    // Of the balancer's own connection nothing more is looked at.
    check(&binary(0x20, 0x11, &[203, 0, 113, 7]), Told::Balancer);
    check(&binary(0x20, 0xff, &[]), Told::Balancer);
}

#[test]
fn extensions_of_version_2_are_skipped() {
    let addresses = &tcp4()[16..];
    // ALPN `h2`, a checksum that is wrong, and TLS as nobody speaks it.
    let tlvs = [
        &[0x01, 0, 2, b'h', b'2'][..],
        &[0x03, 0, 4, 1, 2, 3, 4],
        &[0x20, 0xff, 0xff, 7],
    ];
    let rest = [addresses, &tlvs.concat()].concat();
    check(&binary(0x21, 0x11, &rest), client("203.0.113.7"));
    let longest = [addresses, &[0; 4096 - 12]].concat();
    check(&binary(0x21, 0x11, &longest), client("203.0.113.7"));
}

#[test]
fn other_headers_of_version_2_are_refused() {
    for (command, family, length) in [
        (0x11, 0x11, 12), // version 1 in binary
        (0x31, 0x11, 12), // a version to come
        (0x22, 0x11, 12), // a command to come
        (0x2f, 0x11, 12),
        (0x21, 0x01, 12), // no family, but a stream
        (0x21, 0x10, 12), // no transport
        (0x21, 0x12, 12), // datagrams
        (0x21, 0x22, 36),
        (0x21, 0x32, 216),
        (0x21, 0x13, 12),
        (0x21, 0x41, 36),
        (0x21, 0x11, 11), // shorter than the addresses
        (0x21, 0x11, 0),
        (0x21, 0x21, 35),
        (0x21, 0x21, 12),
        (0x21, 0x31, 215),
        (0x21, 0x11, 4097), // longer than anybody needs
        (0x21, 0x11, 65535),
        (0x20, 0x00, 65535),
        (0x21, 0x00, 4097),
    ] {
        check_refused(&binary(command, family, &vec![0; length]));
        // None of the octets that it announces has to come for that.
        check_refused(&binary(command, family, &vec![0; length])[..16]);
    }
}

#[test]
fn what_begins_otherwise_is_no_header() {
    for octets in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        b"P",
        b"PUT / HTTP/1.1\r\n",
        b"PROXY\tTCP4",
        b"proxy TCP4 ",
        b"\r\n\r\n\0\r\nQUIT\r\n",
        b"\r\nGET / HTTP/1.1\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
        b" PROXY TCP4",
    ] {
        let found = read(octets);
        let expected = if octets == b"P" {
            HeaderError::Malformed("cut")
        } else {
            HeaderError::Absent
        };
        assert_eq!(found, Err(expected), "{octets:?}");
    }
}

proptest! {
    #[test]
    fn any_octets_are_read_or_refused(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        for start in [&b""[..], b"PROXY ", b"PROXY TCP4 ", version_2::SIGNATURE] {
            let _ = read(&[start, &octets].concat());
        }
    }

    #[test]
    fn what_is_written_is_read(source in any::<[u8; 4]>(), ports in any::<[u16; 2]>()) {
        let [from, to] = ports;
        let source = IpAddr::from(source);
        let line = format!("PROXY TCP4 {source} 10.0.0.9 {from} {to}\r\n");
        prop_assert_eq!(read(line.as_bytes()), Ok((Told::Client(source), line.len())));
    }
}

const LONG: Duration = Duration::from_secs(10);

#[tokio::test(start_paused = true)]
async fn what_follows_the_header_is_left_to_the_next_reader() {
    for header in [&b"PROXY TCP4 203.0.113.7 10.0.0.9 1 443\r\n"[..], &tcp4()] {
        let (mut far, mut near) = tokio::io::duplex(4096);
        far.write_all(&[header, b"\x16\x03\x01 and more"].concat())
            .await
            .unwrap();
        drop(far);
        let told = receive(&mut near, LONG).await.unwrap();
        assert_eq!(told, client("203.0.113.7"));
        let mut rest = Vec::new();
        near.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest, b"\x16\x03\x01 and more");
    }
}

#[tokio::test(start_paused = true)]
async fn a_header_that_does_not_come_is_waited_for_so_long_and_no_longer() {
    let (mut far, mut near) = tokio::io::duplex(4096);
    let slow = async {
        // Each octet is in time, and all of them together are not.
        for octet in b"PROXY TCP4 203.0.113.7 10.0.0.9 1 443" {
            far.write_all(&[*octet]).await.unwrap();
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    let (received, ()) = tokio::join!(receive(&mut near, LONG), slow);
    assert_eq!(received.unwrap_err().outcome(), "timeout");
}

#[tokio::test(start_paused = true)]
async fn a_header_that_is_cut_is_none() {
    for cut in 0..tcp4().len() {
        let (mut far, mut near) = tokio::io::duplex(4096);
        far.write_all(&tcp4()[..cut]).await.unwrap();
        drop(far);
        let received = receive(&mut near, LONG).await;
        assert_eq!(received.unwrap_err().outcome(), "closed", "{cut}");
    }
}

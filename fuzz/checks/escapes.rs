//! Percent-escapes, decoded apart from the gateway's own reading of them.

/// One decoding of the escapes; what is none stays.
pub(crate) fn decoded(text: &str) -> String {
    let mut octets = text.bytes().collect::<std::collections::VecDeque<_>>();
    let mut plain = Vec::new();
    while let Some(octet) = octets.pop_front() {
        let digit = |at: usize| (*octets.get(at)? as char).to_digit(16);
        match (octet, digit(0).zip(digit(1))) {
            (b'%', Some((high, low))) => {
                octets.drain(..2);
                plain.push(u8::try_from(high * 16 + low).expect("two digits"));
            }
            _ => plain.push(octet),
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

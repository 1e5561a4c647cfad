//! RFC 7518 appendix B.3: A256CBC-HS512 with the key 00 01 … 3f.
use crate::jwe::*;

const PLAIN: &str = "A cipher system must not be required to be secret, and it must be able to fall into \
                     the hands of the enemy without inconvenience";
const HEADER: &str = "The second principle of Auguste Kerckhoffs";
const IV: &str = "1af38c2dc2b96ffdd86694092341bc04";
const CIPHERTEXT: &str = "4affaaadb78c31c5da4b1b590d10ffbd3dd8d5d302423526912da037ecbcc7bd822c301dd67c373b\
                          ccb584ad3e9279c2e6d12a1374b77f077553df829410446b36ebd97066296ae6427ea75c2e0846a1\
                          1a09ccf5370dc80bfecbad28c73f09b3a3b75e662a2594410ae496b2e2e6609e31e6e02cc837f053\
                          d21f37ff4f51950bbe2638d09dd7a4930930806d0703b1f6";
const TAG: &str = "4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5";

fn octets(hex: &str) -> Vec<u8> {
    (hex.as_bytes().chunks(2))
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn key() -> CbcKey {
    let octets: [u8; 64] = std::array::from_fn(|n| u8::try_from(n).unwrap());
    let (mac, encrypt) = octets.split_at(32);
    let mut key = CbcKey::new(mac, encrypt, &octets);
    HEADER.clone_into(&mut key.header);
    key
}

#[test]
fn sealing_gives_the_ciphertext_and_the_tag_of_the_rfc() {
    let token = seal_cbc(&key(), PLAIN.as_bytes(), octets(IV).try_into().unwrap());
    let [iv, ciphertext, tag] =
        [IV, CIPHERTEXT, TAG].map(|hex| URL_SAFE_NO_PAD.encode(octets(hex)));
    assert_eq!(token, format!("{HEADER}..{iv}.{ciphertext}.{tag}"));
}

#[test]
fn the_token_of_the_rfc_opens() {
    let [iv, ciphertext, tag] =
        [IV, CIPHERTEXT, TAG].map(|hex| URL_SAFE_NO_PAD.encode(octets(hex)));
    let token = format!("{HEADER}..{iv}.{ciphertext}.{tag}");
    let token = Token::split(token.as_bytes()).unwrap_or_else(|_| panic!("five parts"));
    assert_eq!(token.open_cbc(&key()).unwrap(), PLAIN.as_bytes());
}

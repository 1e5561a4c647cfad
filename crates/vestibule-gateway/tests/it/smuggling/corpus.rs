//! The tables of octets: one row a case.

/// A row of a table.
#[derive(Debug)]
pub(super) struct Case {
    /// What must come of it, step by step.
    pub(super) steps: Vec<String>,
    pub(super) what: String,
    pub(super) octets: Vec<u8>,
}

/// Reads a table; its grammar stands at its beginning.
pub(super) fn cases(table: &str) -> Vec<Case> {
    let mut template = "{}";
    let mut cases = Vec::new();
    for line in table.lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(next) = line.strip_prefix("@ ") {
            template = next;
            continue;
        }
        let mut fields = line.splitn(3, " | ");
        let mut field = || fields.next().unwrap_or_else(|| panic!("{line}"));
        let (expected, what, octets) = (field(), field(), field());
        cases.push(Case {
            steps: expected.split(';').map(|it| it.trim().to_owned()).collect(),
            what: what.trim().to_owned(),
            octets: unescaped(&template.replace("{}", octets)),
        });
    }
    cases
}

/// The octets that a text with escapes stands for.
pub(super) fn unescaped(text: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        if octet != b'\\' {
            octets.push(octet);
            continue;
        }
        octets.push(match rest.next() {
            Some(b'r') => b'\r',
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'0') => 0,
            Some(b'e') => b'\x1b',
            Some(b'\\') => b'\\',
            Some(b'x') => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                let digits = std::str::from_utf8(&digits).unwrap();
                u8::from_str_radix(digits, 16).unwrap()
            }
            other => panic!("no escape: {other:?} in {text}"),
        });
    }
    octets
}

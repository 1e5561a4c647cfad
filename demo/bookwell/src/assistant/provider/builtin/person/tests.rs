use super::{email, name};

const PACKAGES: [&str; 2] = ["Garden Wedding", "Garden Party"];

#[track_caller]
fn check(text: &str, answer: bool, expected: Option<&str>) {
    assert_eq!(name(text, answer, &PACKAGES).as_deref(), expected, "{text}");
}

#[test]
fn addresses_are_found_among_punctuation() {
    for text in [
        "anna@x.test",
        "Anna <anna@x.test>",
        "e-mail: anna@x.test.",
        "reach me at anna@x.test, please",
        "mailto:anna@x.test",
    ] {
        assert_eq!(email(text).as_deref(), Some("anna@x.test"), "{text}");
    }
    for text in [
        "",
        "anna",
        "anna@",
        "@x.test",
        "a@b",
        "a@@x.test",
        "a@x..test",
    ] {
        assert_eq!(email(text), None, "{text}");
    }
}

#[test]
fn names_stand_behind_their_lead() {
    check(
        "Book Garden Wedding on June 14 for Anna Miller",
        false,
        Some("Anna Miller"),
    );
    check(
        "for June 14, for Anna Miller please",
        false,
        Some("Anna Miller"),
    );
    check(
        "my name is J\u{f8}rn O'Neil-Smith",
        false,
        Some("J\u{f8}rn O'Neil-Smith"),
    );
    check("I'm Anna", false, Some("Anna"));
    check("Book it for Garden Party", false, None);
    check("Book the Garden Party for Saturday", false, None);
}

#[test]
fn names_stand_beside_their_address() {
    check("Anna Miller, anna@x.test", false, Some("Anna Miller"));
    check("Anna Miller <anna@x.test>", false, Some("Anna Miller"));
    check(
        "Book June 14, Anna Miller, e-mail anna@x.test",
        false,
        Some("Anna Miller"),
    );
    check("anna@x.test Anna Miller", false, Some("Anna Miller"));
    check("book it anna@x.test", false, None);
}

#[test]
fn an_answer_needs_no_capitals() {
    check("anna miller, anna@x.test", true, Some("anna miller"));
    check("anna miller", true, Some("anna miller"));
    check("garden party", true, None);
    check("saturday", true, None);
    check("i do not know yet whom to ask about it", true, None);
    check("anna miller", false, None);
}

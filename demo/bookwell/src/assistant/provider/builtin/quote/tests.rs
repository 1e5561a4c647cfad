use super::Quoted;

#[track_caller]
fn check(text: &str, outside: &str, inside: &[&str]) {
    let quoted = Quoted::of(text);
    assert_eq!(quoted.outside, outside, "{text}");
    assert_eq!(quoted.inside, inside, "{text}");
}

#[test]
fn marks_part_a_text() {
    check("no marks", "no marks", &[]);
    check("say \"one\" and \"two\".", "say   and  .", &["one", "two"]);
    check("\u{201e}eins\u{201c}", " ", &["eins"]);
    check("\u{201c}one\u{201d} two", "  two", &["one"]);
    check("\u{ab} un \u{bb}", " ", &["un"]);
    check("empty \"\" marks", "empty   marks", &[]);
    check("a 5\" pot", "a 5\" pot", &[]);
    check("", "", &[]);
}

use super::*;

#[track_caller]
fn check(names: &[&str], allow: &str) {
    assert_eq!(MethodSet::parse(names).unwrap().to_string(), allow);
}

#[test]
fn allow_lists_each_method_once() {
    check(&["POST"], "POST");
    check(&["PUT", "DELETE", "PUT"], "DELETE, PUT");
    check(&["PROPFIND", "OPTIONS"], "OPTIONS, PROPFIND");
    assert_eq!(
        MethodSet::all().to_string(),
        "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
    );
}

#[test]
fn head_follows_get() {
    check(&["GET"], "GET, HEAD");
    check(&["HEAD"], "HEAD");
    let get = MethodSet::parse(&["GET"]).unwrap();
    assert!(get.contains(&Method::HEAD));
    assert!(!get.contains(&Method::POST));
    assert!(get.overlaps(&MethodSet::parse(&["HEAD"]).unwrap()));
}

#[test]
fn methods_are_case_sensitive() {
    let set = MethodSet::parse(&["GET", "PROPFIND"]).unwrap();
    for name in ["get", "Get", "propfind", "PROPFIND2"] {
        assert!(
            !set.contains(&Method::from_bytes(name.as_bytes()).unwrap()),
            "{name}"
        );
    }
}

#[test]
fn what_could_never_be_taken_is_refused() {
    let parse = |names: &[&str]| MethodSet::parse(names).unwrap_err();
    assert_eq!(parse(&[]), MethodError::Empty);
    assert_eq!(
        parse(&["GET", "post"]),
        MethodError::LowerCase("post".into())
    );
    assert_eq!(parse(&["GE T"]), MethodError::NotAToken("GE T".into()));
    assert_eq!(parse(&[""]), MethodError::NotAToken(String::new()));
    assert_eq!(parse(&["TRACE"]), MethodError::Refused(Method::TRACE));
    assert_eq!(parse(&["CONNECT"]), MethodError::Refused(Method::CONNECT));
}

#[test]
fn errors_say_what_to_write() {
    assert!(
        MethodError::LowerCase("get".into())
            .to_string()
            .ends_with("write `GET`")
    );
}

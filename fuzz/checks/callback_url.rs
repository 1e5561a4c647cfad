//! What holds for every way back from the sign-in page: it ends at our own origin.

use http::Uri;
use url::Url;
use vestibule_gateway::callback;
use vestibule_gateway::request::Target;

use super::escapes::decoded;

/// Checks a text as the way back and as a target; says whether it is a way back.
pub(crate) fn check(input: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(input) else {
        return false;
    };
    let own = callback::own_path(text);
    if let Some(own) = own {
        assert_eq!(own, text, "nothing is repaired");
        check_stays(own);
    }
    if let Some(target) = text.parse::<Uri>().ok()
        && let Ok(target) = Target::parse(&target, 8192)
    {
        check_location(&target, "/signin");
        check_location(&target, "/signin?lang=en");
    }
    own.is_some()
}

/// Readers may decode it again, twice at most.
fn check_stays(text: &str) {
    let here = Url::parse("https://app.test/signin").expect("a URL");
    let mut text = text.to_owned();
    for _ in 0..=2 {
        // What is no URL leads nowhere.
        if let Ok(there) = here.join(&text) {
            assert_eq!(there.origin(), here.origin(), "{text} leads away");
        }
        text = decoded(&text);
    }
}

/// The sign-in page gets one parameter of ours, whatever the target is.
fn check_location(target: &Target, sign_in_path: &str) {
    let location = callback::sign_in(sign_in_path, target);
    assert!(location.bytes().all(|octet| octet.is_ascii_graphic()));
    let here = Url::parse("https://app.test/").expect("a URL");
    let there = here.join(&location).expect("a URL");
    assert_eq!(there.origin(), here.origin());
    assert_eq!(there.path(), "/signin");
    assert_eq!(there.fragment(), None);
    let known = sign_in_path.contains('?');
    let pairs: Vec<(String, String)> = there.query_pairs().into_owned().collect();
    let [rest @ .., (name, back)] = pairs.as_slice() else {
        panic!("{location} has no way back");
    };
    assert_eq!(
        (rest.len(), name.as_str()),
        (usize::from(known), "callbackUrl")
    );
    assert_eq!(callback::own_path(back), Some(back.as_str()));
    assert!([target.as_str(), target.path(), "/"].contains(&back.as_str()));
    check_stays(back);
}

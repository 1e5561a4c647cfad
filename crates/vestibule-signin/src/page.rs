//! The plain pages, for applications without their own: sign in, sign out, and what went wrong.

use std::fmt::Write as _;

/// A form to sign in with; `error` and `code` are those of the query.
pub(crate) fn sign_in(
    action: &str,
    csrf: &str,
    error: Option<(&str, &str)>,
    wait: Option<u64>,
) -> String {
    let mut alert = String::new();
    if let Some((error, code)) = error {
        let _ = writeln!(
            alert,
            "<p role=\"alert\">{}</p>",
            explanation(error, code, wait)
        );
    }
    let (action, csrf) = (escaped(action), escaped(csrf));
    document(
        "Sign in",
        &format!(
            "<h1>Sign in</h1>\n{alert}<form method=\"post\" action=\"{action}\">\n\
             <input type=\"hidden\" name=\"csrfToken\" value=\"{csrf}\">\n\
             <label>E-mail <input name=\"email\" type=\"email\" autocomplete=\"username\" required></label>\n\
             <label>Password <input name=\"password\" type=\"password\" autocomplete=\"current-password\" required></label>\n\
             <button>Sign in</button>\n</form>"
        ),
    )
}

/// A button to sign out with; a link must not do it.
pub(crate) fn sign_out(action: &str, csrf: &str) -> String {
    let (action, csrf) = (escaped(action), escaped(csrf));
    document(
        "Sign out",
        &format!(
            "<h1>Sign out?</h1>\n<form method=\"post\" action=\"{action}\">\n\
             <input type=\"hidden\" name=\"csrfToken\" value=\"{csrf}\">\n<button>Sign out</button>\n</form>"
        ),
    )
}

/// Something that signing in again will not mend.
pub(crate) fn error(title: &str, text: &str) -> String {
    let (title, text) = (escaped(title), escaped(text));
    document(&title, &format!("<h1>{title}</h1>\n<p>{text}</p>"))
}

/// One text for each failure, and none that says whether the account exists.
fn explanation(error: &str, code: &str, wait: Option<u64>) -> String {
    match (error, code) {
        (_, "rate_limited") => {
            let minutes = wait.unwrap_or(60).div_ceil(60).max(1);
            let unit = if minutes == 1 { "minute" } else { "minutes" };
            format!("There were too many attempts. Try again in {minutes} {unit}.")
        }
        (_, "unavailable") => {
            "The service that checks passwords does not answer. Try again in a moment.".to_owned()
        }
        ("CredentialsSignin", _) => {
            "E-mail and password do not belong together. Check both and try again.".to_owned()
        }
        ("MissingCSRF", _) => "The form was too old. Try again.".to_owned(),
        (_, _) => "Signing in did not work. Try again.".to_owned(),
    }
}

fn document(title: &str, main: &str) -> String {
    let style = include_str!("page.css").trim_end();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{style}\n</style>\n<main>\n{main}\n</main>\n</html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, character| {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text() {
        let page = sign_in("\"><script>", "'&", Some(("<b>", "<i>")), None);
        for markup in ["<script", "<b>", "<i>", "'&\""] {
            assert!(!page.contains(markup), "{markup}");
        }
    }
}

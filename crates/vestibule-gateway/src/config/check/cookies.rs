//! What happens to cookies on a route that does not say it, and what `pass` means beside a token.

use crate::config::Cookies;
use crate::config::raw::{RawCookies, RawRoute, RawSite, RawToken};
use crate::config::signin::SIGN_IN;

/// Cookies reach an application by themselves, and an API only where the route says so (CK5).
pub(super) fn of(config: &RawSite, route: &RawRoute) -> Cookies {
    match route.cookies {
        // Who gets a bearer has no use for the session itself.
        Some(RawCookies::Pass) if has_token(route) => Cookies::PassOthers,
        Some(RawCookies::Pass) => Cookies::Pass,
        // Ours, and made of nothing but cookies.
        None if upstream(route) == Some(SIGN_IN) => Cookies::Pass,
        None if keeps_path(route) && is_application(config, upstream(route)) => Cookies::Pass,
        Some(RawCookies::Drop) | None => Cookies::Drop,
    }
}

/// Whether this is the upstream that reads the session itself: none of its routes carries a token,
/// and one of them takes the sign-in page, as `/**` does.
fn is_application(config: &RawSite, name: Option<&str>) -> bool {
    let sign_in = config.session.sign_in.as_deref().unwrap_or_default();
    let sign_in = sign_in.split('?').next().unwrap_or_default();
    let mut routes =
        (config.routes.iter()).filter(|route| name.is_some() && upstream(route) == name);
    let takes_sign_in = |route: &RawRoute| {
        let path = route.path.as_deref().unwrap_or_default();
        match path.strip_suffix("**") {
            Some(prefix) => sign_in.starts_with(prefix),
            None => path == sign_in,
        }
    };
    routes.clone().all(|route| !has_token(route))
        && routes.any(|route| keeps_path(route) && takes_sign_in(route))
}

fn has_token(route: &RawRoute) -> bool {
    match route.token {
        Some(RawToken::Claim(_)) => true,
        Some(RawToken::None) | None => false,
    }
}

fn keeps_path(route: &RawRoute) -> bool {
    (route.to.as_deref()).is_some_and(|to| !to.contains(':'))
}

fn upstream(route: &RawRoute) -> Option<&str> {
    route.to.as_deref()?.split(':').next()
}

//! Which name is read first: the scheme decides (rule CK2).

use crate::cookie::{CookieName, Scheme};
use crate::scan::Cookies;

/// The order of a reader's names for each scheme, as positions in its list.
#[derive(Debug)]
pub(super) struct Order {
    http: Vec<usize>,
    https: Vec<usize>,
}

impl Order {
    /// Keeps the families in the order given and turns the prefixes within each.
    pub(super) fn new(names: &[CookieName]) -> Self {
        let family = |index: usize| {
            let version = names.get(index).map(CookieName::version);
            names
                .iter()
                .position(|name| Some(name.version()) == version)
        };
        let secure = |index: usize| names.get(index).is_some_and(CookieName::is_secure);
        let mut http: Vec<_> = (0..names.len()).collect();
        let mut https = http.clone();
        http.sort_by_key(|index| (family(*index), secure(*index)));
        https.sort_by_key(|index| (family(*index), !secure(*index)));
        Self { http, https }
    }

    /// The names to try for one request.
    ///
    /// On HTTPS a plain cookie can be planted by a sibling subdomain or on the way (TH-39), so it counts
    /// only where no `__Secure-` one is there, complete or not.
    pub(super) fn of<'a>(
        &self,
        scheme: Scheme,
        names: &'a [CookieName],
        cookies: &Cookies<'_>,
    ) -> impl Iterator<Item = (usize, &'a CookieName)> {
        let shut_out = scheme == Scheme::Https
            && (names.iter().enumerate())
                .any(|(index, name)| name.is_secure() && cookies.has(index));
        (self.all(scheme, names)).filter(move |(_, name)| !shut_out || name.is_secure())
    }

    /// All names in the order for `scheme`.
    pub(super) fn all<'a>(
        &self,
        scheme: Scheme,
        names: &'a [CookieName],
    ) -> impl Iterator<Item = (usize, &'a CookieName)> {
        let order = match scheme {
            Scheme::Http => &self.http,
            Scheme::Https => &self.https,
        };
        (order.iter()).filter_map(|index| Some((*index, names.get(*index)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(scheme: Scheme, header: &str, expected: &[usize]) {
        let names = CookieName::known();
        let cookies = Cookies::scan(&names, [header.as_bytes()]).unwrap();
        let order = Order::new(&names);
        let found: Vec<_> = order
            .of(scheme, &names, &cookies)
            .map(|(index, _)| index)
            .collect();
        assert_eq!(found, expected, "{scheme} {header}");
    }

    #[test]
    fn the_scheme_decides_which_prefix_comes_first_within_a_family() {
        check(Scheme::Https, "", &[0, 1, 2, 3]);
        check(Scheme::Http, "", &[1, 0, 3, 2]);
    }

    #[test]
    fn a_secure_cookie_shuts_plain_names_out_on_https_only() {
        check(Scheme::Https, "__Secure-authjs.session-token=a", &[0, 2]);
        check(
            Scheme::Https,
            "__Secure-next-auth.session-token.3=a",
            &[0, 2],
        );
        check(Scheme::Https, "authjs.session-token=a", &[0, 1, 2, 3]);
        check(
            Scheme::Https,
            "__Secure-authjs.session-token=",
            &[0, 1, 2, 3],
        );
        check(
            Scheme::Http,
            "__Secure-authjs.session-token=a",
            &[1, 0, 3, 2],
        );
    }
}

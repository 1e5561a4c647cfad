//! The methods that a route takes (TH-12).

use std::fmt;

use http::Method;

/// A set of methods, never with `TRACE` or `CONNECT`.
///
/// `HEAD` follows `GET`: a route that shows something also tells its size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodSet(Vec<Method>);

impl MethodSet {
    /// Takes the names of a configuration.
    pub fn parse<T: AsRef<str>>(names: &[T]) -> Result<Self, MethodError> {
        if names.is_empty() {
            return Err(MethodError::Empty);
        }
        let mut methods = Vec::with_capacity(names.len() + 1);
        for name in names.iter().map(T::as_ref) {
            let method = Method::from_bytes(name.as_bytes());
            let method = method.map_err(|_| MethodError::NotAToken(name.to_owned()))?;
            if is_refused(&method) {
                return Err(MethodError::Refused(method));
            }
            if name.bytes().any(|octet| octet.is_ascii_lowercase()) {
                return Err(MethodError::LowerCase(name.to_owned()));
            }
            if method == Method::GET {
                methods.push(Method::HEAD);
            }
            methods.push(method);
        }
        Ok(Self::sorted(methods))
    }

    /// What a route without `methods` names in `Allow`; it takes others as well.
    pub fn all() -> Self {
        Self::sorted(vec![
            Method::DELETE,
            Method::GET,
            Method::HEAD,
            Method::OPTIONS,
            Method::PATCH,
            Method::POST,
            Method::PUT,
        ])
    }

    /// Whether this method is in the set; methods are case-sensitive (RFC 9110 §9.1).
    pub fn contains(&self, method: &Method) -> bool {
        self.0.contains(method)
    }

    /// The methods in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Method> {
        self.0.iter()
    }

    /// Whether the two sets share a method.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.0.iter().any(|method| other.contains(method))
    }

    /// The methods of both sets.
    pub(crate) fn union(mut self, other: &Self) -> Self {
        self.0.extend_from_slice(&other.0);
        Self::sorted(self.0)
    }

    fn sorted(mut methods: Vec<Method>) -> Self {
        methods.sort_by(|left, right| left.as_str().cmp(right.as_str()));
        methods.dedup();
        Self(methods)
    }
}

/// The value of `Allow`.
impl fmt::Display for MethodSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, method) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{method}")?;
        }
        Ok(())
    }
}

/// Whether no route takes this method: `TRACE` echoes credentials, `CONNECT` opens tunnels.
pub(crate) fn is_refused(method: &Method) -> bool {
    *method == Method::TRACE || *method == Method::CONNECT
}

/// Why a list of methods is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MethodError {
    /// The list is empty, so the route could never be reached.
    Empty,
    /// The name has lower-case letters, and methods are case-sensitive.
    LowerCase(String),
    /// The name cannot be a method.
    NotAToken(String),
    /// `TRACE` and `CONNECT` are refused on every route.
    Refused(Method),
}

impl fmt::Display for MethodError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the list of methods is empty; leave it out to take all"),
            Self::LowerCase(name) => {
                let upper = name.to_ascii_uppercase();
                write!(
                    f,
                    "methods are case-sensitive, so `{name}` is never sent; write `{upper}`"
                )
            }
            Self::NotAToken(name) => {
                write!(
                    f,
                    "`{name}` is not a method; write one such as `GET` or `POST`"
                )
            }
            Self::Refused(method) => {
                write!(
                    f,
                    "`{method}` is refused on every route; remove it from the list"
                )
            }
        }
    }
}

impl std::error::Error for MethodError {}

#[cfg(test)]
mod tests;

//! Certificates for tests, made anew in each run.

use rcgen::{CertificateParams, KeyPair, date_time_ymd};

/// A certificate for these names and its key, each as PEM.
pub(crate) fn issue(names: &[&str]) -> (String, String) {
    issue_for_years(names, 2020, 2090)
}

/// The same with a life from the first day of one year to that of another.
pub(crate) fn issue_for_years(names: &[&str], from: i32, to: i32) -> (String, String) {
    let names: Vec<_> = names.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(to, 1, 1);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    (certificate.pem(), key.serialize_pem())
}

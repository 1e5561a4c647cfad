//! A certificate for this machine, made by an authority whose key is forgotten at once.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use jiff::tz::Offset;
use jiff::{Span, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

use super::state::State;
use crate::environment;
use crate::error::Error;

/// Where the certificate lies.
#[derive(Debug)]
pub(super) struct Certificate {
    /// The authority, for whoever wants the browser to trust the demonstration.
    pub(super) authority: PathBuf,
    pub(super) chain: PathBuf,
    pub(super) key: PathBuf,
}

impl Certificate {
    /// The one of an earlier start while it is good for some weeks, else a new one.
    pub(super) fn open(state: &State) -> Result<Self, Error> {
        let certificate = Self {
            authority: state.path("authority.pem"),
            chain: state.path("bookwell.pem"),
            key: state.path("bookwell.key"),
        };
        if !certificate.is_good() {
            let made = Made::new()?;
            state.write("authority.pem", made.authority.as_bytes())?;
            state.write("bookwell.key", made.key.as_bytes())?;
            // Last: it is what the age is read from.
            state.write("bookwell.pem", made.chain.as_bytes())?;
        }
        Ok(certificate)
    }

    fn is_good(&self) -> bool {
        let made = fs::metadata(&self.chain).and_then(|it| it.modified()).ok();
        let age = made.and_then(|made| environment::wall_clock().duration_since(made).ok());
        let young = age.is_some_and(|age| age < RENEWED_AFTER);
        young && self.authority.is_file() && self.is_whole()
    }

    /// Whether somebody cut or emptied the files; what is in them the gateway looks at.
    fn is_whole(&self) -> bool {
        let chain = fs::read_to_string(&self.chain).unwrap_or_default();
        let key = fs::read_to_string(&self.key).unwrap_or_default();
        chain.starts_with("-----BEGIN CERTIFICATE-----")
            && chain.trim_end().ends_with("-----END CERTIFICATE-----")
            && KeyPair::from_pem(&key).is_ok()
    }
}

/// As PEM.
struct Made {
    authority: String,
    chain: String,
    key: String,
}

impl Made {
    fn new() -> Result<Self, Error> {
        let now = Timestamp::try_from(environment::wall_clock()).unwrap_or_default();
        let mut authority = params(&[], now)?;
        authority
            .distinguished_name
            .push(DnType::CommonName, "Vestibule demonstration authority");
        // It may sign leaves and nothing below them (RFC 5280 §4.2.1.9).
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority_key = KeyPair::generate()?;
        let authority_certificate = authority.self_signed(&authority_key)?;
        let issuer = Issuer::new(authority, authority_key);

        let mut leaf = params(&NAMES, now)?;
        leaf.distinguished_name.push(DnType::CommonName, "Bookwell");
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = leaf.signed_by(&key, &issuer)?;
        Ok(Self {
            authority: authority_certificate.pem(),
            chain: certificate.pem(),
            key: key.serialize_pem(),
        })
    }
}

fn params(names: &[&str], now: Timestamp) -> Result<CertificateParams, Error> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    let day = |days: i64| {
        let day = Offset::UTC
            .to_datetime(now)
            .date()
            .saturating_add(Span::new().days(days));
        let (month, of_month) = (u8::try_from(day.month()), u8::try_from(day.day()));
        rcgen::date_time_ymd(day.year().into(), month.unwrap_or(1), of_month.unwrap_or(1))
    };
    // Clocks differ; browsers refuse what is good for more than 398 days.
    params.not_before = day(-1);
    params.not_after = day(VALID_DAYS);
    Ok(params)
}

/// What the machine is called in the demonstration and in its tests.
const NAMES: [&str; 6] = [
    "localhost",
    "*.localhost",
    "127.0.0.1",
    "::1",
    "bookwell.test",
    "*.bookwell.test",
];

const VALID_DAYS: i64 = 390;

/// A month before its end.
const RENEWED_AFTER: Duration = Duration::from_hours(360 * 24);

//! `vestibule secret`: a strong one.

use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::Verdict;
use crate::environment;
use crate::error::Error;

/// Prints 32 octets in a form that needs no quotes anywhere.
pub(crate) fn run(output: &mut dyn Write) -> Result<Verdict, Error> {
    let secret = URL_SAFE_NO_PAD.encode(environment::random()?);
    writeln!(output, "{secret}")?;
    Ok(Verdict::Good)
}

//! `vestibule demo`: Bookwell behind the real gateway, in one process.

use std::io::Write;

use anstream::ColorChoice;
use vestibule_gateway::config::{Config, Overrides, Sources};
use vestibule_gateway::{Clock, Server};

use crate::Verdict;
use crate::cli::Demo;
use crate::environment;
use crate::error::Error;
use crate::serve;

mod backend;
mod certificate;
mod place;
mod state;
mod welcome;

use backend::Backend;
use certificate::Certificate;
use place::Place;
use state::State;
use welcome::Welcome;

//! `manifuzz serve`: the embedded registry as a server, for client authors and for trying the tool.

use std::net::SocketAddr;
use std::sync::Arc;

use super::Output;
use crate::error::{Error, Input};
use crate::registry::{Params, Profile, Registry, serve};

/// Serve the embedded registry; the first line of output says where
#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    /// How the registry behaves
    #[arg(long, default_value = "clean")]
    profile: String,
    /// A quirk to plant into it; may be given several times
    #[arg(long = "quirk", value_name = "QUIRK")]
    quirks: Vec<String>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:5000")]
    listen: SocketAddr,
}

impl Serve {
    pub(super) fn run(self) -> Result<u8, Error> {
        let profile = planted(&self.profile, &self.quirks)?;
        let registry = Arc::new(Registry::new(&profile));
        // It serves whether anybody reads where or not.
        let ready = |address| drop(Output::print(&format!("listening on http://{address}")));
        serve::serve(registry, self.listen, ready).map_err(|cause| {
            let what = format!("cannot listen on {}", self.listen);
            Input::value(what, cause.to_string(), "choose a free address with --listen")
        })?;
        Ok(0)
    }
}

/// A profile with further quirks planted.
fn planted(name: &str, quirks: &[String]) -> Result<Profile, Input> {
    quirks.iter().try_fold(Profile::named(name)?, |profile, quirk| profile.plant(quirk, Params::default()))
}

//! `manifuzz serve`: the embedded registry as an HTTP server, to test clients with or to try manifuzz on.

mod case;

use std::net::SocketAddr;
use std::sync::Arc;

use super::Output;
use super::flags::example_and_codes;
use super::values::{ParsedBy, profile, quirk, shape, socket};
use crate::error::{Error, Input};
use crate::registry::{Params, Profile, Quirk, Registry, serve};
use crate::shape::Shape;

/// Serve the embedded registry over HTTP
///
/// The first line of output is `listening on http://IP:PORT`. Serves until a signal ends it. With --shape, it serves one case to a client
/// program, and prints under which names, and each request.
#[derive(Debug, clap::Args)]
#[command(after_long_help = example_and_codes("manifuzz serve --profile harbor --listen 127.0.0.1:0", &[]))]
pub(super) struct ServeCommand {
    /// Profile of the registry; `manifuzz profiles` lists them
    #[arg(long, default_value = "clean", value_parser = ParsedBy(profile), help_heading = "Target")]
    profile: Profile,
    /// Add a quirk to the profile; `manifuzz quirks` lists them; repeatable
    #[arg(long = "quirk", value_name = "QUIRK", value_parser = ParsedBy(quirk), help_heading = "Target")]
    quirks: Vec<&'static Quirk>,
    /// Serve this case, with the answers of its slots `answer.*`, and no other content
    #[arg(
        long,
        value_name = "SHAPE",
        value_parser = ParsedBy(shape),
        conflicts_with_all = ["profile", "quirks"],
        help_heading = "Target",
    )]
    shape: Option<Shape>,
    /// Address to listen on; port 0 picks a free port
    #[arg(
        long,
        value_name = "IP:PORT",
        default_value = "127.0.0.1:5000",
        value_parser = ParsedBy(socket),
        help_heading = "Target",
    )]
    listen: SocketAddr,
}

impl ServeCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        if let Some(shape) = &self.shape {
            return case::serve_case(shape, self.listen);
        }
        let profile =
            self.quirks.iter().try_fold(self.profile, |profile, quirk| profile.plant(quirk.name, Params::default()))?;
        let registry = Arc::new(Registry::new(&profile));
        // Keep serving if stdout is closed.
        let ready = |address| drop(Output::print(&format!("listening on http://{address}")));
        serve::serve(registry, self.listen, ready).map_err(|cause| {
            let what = format!("cannot listen on {}", self.listen);
            Input::value(what, cause.to_string(), "choose a free address with --listen")
        })?;
        Ok(0)
    }
}

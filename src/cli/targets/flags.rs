//! The flags on how to talk to targets.

use std::path::PathBuf;
use std::sync::Arc;

use super::access::{Access, AccessFlags};
use super::argument::TargetArgument;
use super::file::TargetFile;
use super::opener::{Opener, nonce};
use crate::cli::interrupt::Interrupt;
use crate::cli::values::{ParsedBy, host, rate};
use crate::error::{Error, Input};
use crate::foreign::escaped;
use crate::transport::Opening;
use crate::transport::http::{HttpOptions, Rate};
use crate::transport::trace::Trace;

/// The one target of a command.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Target")]
pub(in crate::cli) struct TargetFlag {
    /// Registry: `embedded:PROFILE`, `http://HOST:PORT/REPOSITORY` or a name in targets.toml
    #[arg(long = "target", value_name = "TARGET", value_parser = ParsedBy(TargetArgument::parse))]
    pub target: TargetArgument,
}

/// How to talk to targets.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Target")]
pub(in crate::cli) struct TargetFlags {
    /// Name of the target in the output, in place of its address
    #[arg(long)]
    name: Option<String>,
    /// File of named targets [default: ./targets.toml, else manifuzz/targets.toml in the configuration directory]
    #[arg(long = "targets", value_name = "FILE")]
    target_file: Option<PathBuf>,
    /// Allow pushing to this host although it is not loopback; repeatable
    #[arg(long = "allow-host", value_name = "HOST[:PORT]", value_parser = ParsedBy(host))]
    allow_hosts: Vec<String>,
    /// Follow redirects of blob reads to this host; repeatable
    #[arg(long, value_name = "HOST[:PORT]", value_parser = ParsedBy(host))]
    follow_redirects: Vec<String>,
    /// Limit the rate of requests, e.g. to 5/s or 100/m [default: 5/s; unlimited on loopback]
    #[arg(long, value_parser = ParsedBy(rate))]
    rate: Option<Rate>,
    /// Allow writes to paths that could lead out of the repository
    #[arg(long)]
    allow_escape: bool,
    /// An existing repository to use where a new one is needed, for registries that do not create any; repeatable
    #[arg(long = "repository-for-fresh", value_name = "NAME", value_parser = ParsedBy(crate::cli::values::repository))]
    fresh: Vec<String>,
    /// Do not send the header Manifuzz-Case, which names the case of a request
    #[arg(long)]
    no_case_header: bool,
    /// Write every request and answer of cases in trouble to this file, without secrets
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    #[command(flatten)]
    access: AccessFlags,
}

impl TargetFlags {
    /// What opens targets. An interrupt ends every wait.
    pub fn opener(&self, interrupt: &Interrupt) -> Result<Opener, Error> {
        let file = TargetFile::find(self.target_file.as_deref())?;
        let access = Access::read(&self.access)?;
        let http = HttpOptions {
            rate: self.rate,
            allow_hosts: self.allow_hosts.clone(),
            follow_redirects: self.follow_redirects.clone(),
            case_header: !self.no_case_header,
            tls: access.tls(),
            stop: Arc::clone(interrupt.stop()),
            ..HttpOptions::default()
        };
        let name = self.name.as_deref().map(|name| escaped(name).into_owned());
        let trace = self.trace.as_deref().map(Trace::create).transpose()?.map(Arc::new);
        let (allow_escape, fresh) = (self.allow_escape, self.fresh.clone());
        let opening = Opening { name, nonce: nonce(), trace, allow_escape, fresh, http, ..Opening::default() };
        Ok(Opener { opening, access, file })
    }

    /// Rejects one name for several targets.
    pub fn check_name(&self, targets: usize) -> Result<(), Input> {
        if self.name.is_none() || targets <= 1 {
            return Ok(());
        }
        Err(Input::value("--name", "it names one target, but several are given", "run them one by one"))
    }
}

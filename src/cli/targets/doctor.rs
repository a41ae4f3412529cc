//! `manifuzz targets doctor`: checks one target step by step, before a run does it less patiently.

use std::net::ToSocketAddrs as _;
use std::path::Path;

use clap::{Args, Subcommand};
use serde_json::json;

use super::argument::TargetArgument;
use super::flags::TargetFlags;
use super::opener::Opener;
use crate::cli::advice::{advice, advice_on};
use crate::cli::cleanup::Written;
use crate::cli::flags::epilogue;
use crate::cli::interrupt::Interrupt;
use crate::cli::values::ParsedBy;
use crate::cli::{Output, UNTESTABLE};
use crate::error::{Error, Input, Trouble, TroubleKind};
use crate::exchange::{Answer, Capability, Depth, Observation, Probe, Reply};
use crate::foreign::bounded;
use crate::render::Case;
use crate::transport::http::{Address, HttpOptions, HttpTransport, Rate};
use crate::transport::{CaseContext, Repository, Request, Target, Transport as _};

/// Headers in which registries announce rate limits.
const RATE: [&str; 4] = ["ratelimit-limit", "ratelimit-remaining", "x-ratelimit-limit", "x-ratelimit-remaining"];

/// Work with named targets
#[derive(Debug, Args)]
pub(in crate::cli) struct TargetsCommand {
    #[command(subcommand)]
    command: TargetsSubcommand,
}

#[derive(Debug, Subcommand)]
enum TargetsSubcommand {
    Doctor(DoctorCommand),
}

/// Check whether a registry can be tested: one line for each step, with what to do
///
/// Pushes one small image and removes it again.
#[derive(Debug, Args)]
#[command(after_long_help = epilogue(
    "manifuzz targets doctor http://127.0.0.1:5000/some/repo",
    &[(0, "a run can test it"), (UNTESTABLE, "a run could not test it")],
))]
struct DoctorCommand {
    /// Registry: `http://HOST:PORT/REPOSITORY` or a name in targets.toml
    #[arg(value_name = "TARGET", value_parser = ParsedBy(TargetArgument::parse))]
    at: TargetArgument,
    #[command(flatten)]
    target: TargetFlags,
    #[command(flatten)]
    output: Output,
}

/// One step.
struct Line {
    check: &'static str,
    /// `ok`, `lacking` (a run skips what needs it) or `failed` (a run cannot test the target).
    state: &'static str,
    detail: String,
    advice: String,
}

impl Line {
    fn ok(check: &'static str, detail: impl Into<String>) -> Self {
        Self { check, state: "ok", detail: detail.into(), advice: String::new() }
    }

    fn lacking(check: &'static str, detail: impl Into<String>, advice: &str) -> Self {
        Self { check, state: "lacking", detail: detail.into(), advice: advice.to_owned() }
    }

    fn failed(check: &'static str, detail: impl Into<String>, advice: &str) -> Self {
        Self { check, state: "failed", detail: detail.into(), advice: advice.to_owned() }
    }

    fn trouble(check: &'static str, trouble: &Trouble) -> Self {
        Self::failed(check, trouble.to_string(), advice(trouble))
    }
}

impl TargetsCommand {
    pub(in crate::cli) fn run(self) -> Result<u8, Error> {
        match self.command {
            TargetsSubcommand::Doctor(doctor) => doctor.run(),
        }
    }
}

impl DoctorCommand {
    fn run(self) -> Result<u8, Error> {
        let interrupt = Interrupt::watch();
        let mut opener = self.target.opener(&interrupt)?;
        let Some(address) = opener.address(&self.at)? else {
            let why = "an embedded registry is always there";
            return Err(Input::value("invalid target", why, "name a registry over HTTP").into());
        };
        let targets = [self.at.clone()];
        opener.check(&targets)?;
        let mut all_well = true;
        let mut print = |line: &Line| -> Result<bool, Error> {
            let Line { check, state, detail, advice } = line;
            let detail = bounded(detail, 300);
            all_well &= *state != "failed";
            if self.output.is_pretty() {
                let advice = if advice.is_empty() { String::new() } else { format!("; {advice}") };
                Output::print(&format!("{check:<16} {state:<8} {detail}{advice}"))?;
            } else {
                Output::print(
                    &json!({ "check": check, "state": state, "detail": detail, "advice": advice }).to_string(),
                )?;
            }
            Ok(*state != "failed")
        };
        let written = Written::record(&mut opener, &targets, Path::new("manifuzz-doctor"), false)?;
        'steps: {
            if !print(&resolution(&address))? {
                break 'steps;
            }
            for line in connection(&address, &opener) {
                if !print(&line)? {
                    break 'steps;
                }
            }
            let target = opener.open(&self.at)?;
            for line in content(target.as_ref()) {
                if !print(&line)? {
                    break 'steps;
                }
            }
        }
        written.end(&opener, &targets, &[], &interrupt, None)?;
        Ok(if all_well { 0 } else { UNTESTABLE })
    }
}

fn resolution(address: &Address) -> Line {
    let (check, host) = ("name resolution", address.origin.host.trim_start_matches('[').trim_end_matches(']'));
    match (host, address.origin.port).to_socket_addrs() {
        Ok(addresses) => {
            let all: Vec<String> = addresses.map(|one| one.ip().to_string()).collect();
            Line::ok(check, format!("{host} is {}", all.join(", ")))
        }
        Err(error) => {
            Line::failed(check, format!("{host}: {error}"), "check the name, or the resolver of this machine")
        }
    }
}

/// Connects without credentials, and shows the challenge.
fn connection(address: &Address, opener: &Opener) -> Vec<Line> {
    let options = HttpOptions { credentials: None, answers_challenges: false, ..opener.opening.http.clone() };
    let sent = HttpTransport::new(address, options).and_then(|transport| {
        let context = CaseContext::new("probing", transport.allowance(), None);
        transport.managed(&Request::new(http::Method::GET, "/v2/", &context))
    });
    let what = if address.origin.is_tls { "TLS" } else { "connection" };
    let reply = match sent {
        Ok(sent) => sent.reply,
        Err(trouble) => return vec![Line::trouble(what, &trouble)],
    };
    let how = match (address.origin.is_tls, opener.opening.http.tls.verifies()) {
        (true, true) => "the certificate is valid",
        (true, false) => "the certificate was NOT verified",
        (false, _) => "plain HTTP",
    };
    let Reply::Answer(answer) = reply else {
        return vec![Line::failed(what, format!("GET /v2/: {reply:?}"), "is this the port of a registry?")];
    };
    vec![Line::ok(what, format!("{}, {how}", address.origin)), challenge(&answer), rate(&answer, address, opener)]
}

fn challenge(answer: &Answer) -> Line {
    let values = answer.headers.get_all(http::header::WWW_AUTHENTICATE).iter();
    let all: Vec<String> = values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
    match (answer.status, all.is_empty()) {
        (401, false) => Line::ok("challenge", all.join(" and ")),
        (401, true) => Line::ok("challenge", "401 without WWW-Authenticate; Basic is tried"),
        (status, _) => Line::ok("challenge", format!("none: GET /v2/ was answered {status} without credentials")),
    }
}

fn rate(answer: &Answer, address: &Address, opener: &Opener) -> Line {
    let limits: Vec<String> =
        RATE.iter().filter_map(|name| Some(format!("{name}: {}", answer.header(name)?))).collect();
    let default = if address.is_loopback() { None } else { Some(Rate::POLITE) };
    let own = opener
        .opening
        .http
        .rate
        .or(default)
        .map_or("full speed".to_owned(), |rate| format!("{} requests per second", rate.per_second()));
    let said = if limits.is_empty() { "none announced".to_owned() } else { limits.join(", ") };
    Line::ok("rate", format!("{said}; a run sends at {own}"))
}

/// Pushes, pulls, and probes the optional parts.
fn content(target: &dyn Target) -> Vec<Line> {
    let (base, subject) = (Case::base(), "subject=present".parse().map(Case::of));
    if let Err(trouble) = target.ping(&base.exchange) {
        return vec![Line::trouble("authentication", &trouble)];
    }
    let mut lines = vec![Line::ok("authentication", "GET /v2/ is answered like a registry's")];
    match target.fire(&base.exchange, Repository::Main, Depth::Get.into()) {
        Err(trouble) => {
            lines.push(Line::trouble("push", &trouble));
            return lines;
        }
        Ok(seen) => lines.extend(push_and_pull(&seen)),
    }
    let Ok(subject) = subject else { return lines };
    let capabilities = match target.capabilities(&base.exchange, &subject.exchange) {
        Err(trouble) => {
            lines.push(Line::trouble("capabilities", &trouble));
            return lines;
        }
        Ok(capabilities) => capabilities,
    };
    let lacking = capabilities.lacking();
    lines.extend(Capability::ALL.into_iter().map(|part| match lacking.iter().find(|lack| lack.part == part) {
        None => Line::ok(part.key(), "supported"),
        Some(lack) => {
            let advice = match part {
                Capability::FreshRepositories => "name existing repositories with --repository-for-fresh",
                Capability::Deletion => "what a run pushes stays; enable deletion, or use a registry of your own",
                _ => "a run skips the cases that need it",
            };
            Line::lacking(part.key(), lack.to_string(), advice)
        }
    }));
    lines
}

fn push_and_pull(seen: &Observation) -> Vec<Line> {
    let status = |probe: &Probe| seen.answer(probe).map(|answer| answer.status);
    if !seen.accepted() {
        let last = seen.replies.iter().rev().find_map(|(probe, reply)| Some((probe, reply.answer()?)));
        let Some((probe, answer)) = last else {
            return vec![Line::failed("push", "not answered", "is the registry overloaded or stuck?")];
        };
        let body = String::from_utf8_lossy(&answer.body);
        let why = format!("{} was answered {}: {body}", probe.stage(), answer.status);
        let advice = match answer.status {
            status @ (401 | 403) => advice_on(TroubleKind::of_status(status)),
            _ => "name a repository that exists and may be pushed to",
        };
        return vec![Line::failed("push", why, advice)];
    }
    let pushed = format!("a valid image manifest was answered {}", status(&Probe::Put).unwrap_or_default());
    let gets = seen.replies.iter().filter(|(probe, _)| matches!(probe, Probe::Get(_)));
    let pulled = gets.clone().filter(|(_, reply)| reply.is(200)).count();
    let pull = match pulled {
        0 => Line::failed("pull", "what was pushed could not be read back", "use credentials that may pull, too"),
        count => Line::ok("pull", format!("{count} of {} reads of it were answered 200", gets.count())),
    };
    vec![Line::ok("push", pushed), pull]
}

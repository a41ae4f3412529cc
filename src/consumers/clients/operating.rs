//! One operation of a client program: its folders, its commands, and what was seen.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Adapter;
use super::adapter::{Prints, Task};
use super::filling::Values;
use super::keeping::manifest_of_layout;
use super::sandbox::{Command, Credentials, Daemon, Ended, Folder, Scratch, environment, furnish, run};
use super::server::{CaseServer, PASSWORD, USERNAME};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::client::{Ending, Kept, Operation, Outcome, Overrun, ProgramRun, Referrers};
use crate::exchange::{Exchange, is_digest};
use crate::foreign::{bounded, escaped};
use crate::report::Layout;

/// The most requests of one run, and how many more for each blob and manifest of the case.
const REQUESTS: usize = 2000;
const REQUESTS_FOR_NEED: usize = 16;
/// How much longer a run may take for each of them.
const TIME_FOR_NEED: Duration = Duration::from_millis(200);
/// How many referrers a list of many has, and how much longer a run may take for each.
const REFERRERS: usize = 10_000;
const TIME_FOR_REFERRER: Duration = Duration::from_millis(10);
/// The longest last line, in characters.
const LAST_LINE: usize = 500;
/// How long a daemon may take to become ready.
const READY: Duration = Duration::from_secs(30);

/// What the runs of a program share: the daemon, if it has one.
#[derive(Debug, Default)]
pub(super) struct Session(Mutex<Option<Arc<Running>>>);

/// A daemon and its folder. Only one run at a time uses it.
#[derive(Debug)]
struct Running {
    // Ends before its folder goes.
    daemon: Mutex<Daemon>,
    state: Scratch,
}

/// A case that is served, and the program that is to handle it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operating<'o> {
    pub adapter: &'o Adapter,
    pub exchange: &'o Exchange,
    pub server: &'o CaseServer,
    pub session: &'o Session,
    pub is_isolated: bool,
}

impl Operating<'_> {
    /// Runs the program once. Fails only if this machine cannot run it.
    pub fn run(&self, operation: Operation, task: &Task) -> Result<ProgramRun, Trouble> {
        if let Some(why) = self.server.lacks() {
            return Ok(not_tested(operation, why));
        }
        let folder = Folder::new(true)?;
        let mut values = self.values(&folder);
        let running = self.running(&mut values)?;
        let daemon = running.as_ref().map(|running| running.daemon.lock().unwrap_or_else(PoisonError::into_inner));
        let daemon = daemon.as_deref();
        self.furnish(&folder, &values)?;
        for words in self.adapter.login.iter().chain(&task.setup) {
            let ended = self.command(&folder, &values, words, daemon)?;
            if ended.ending != Ending::Exit(0) {
                let why =
                    format!("the command before it failed: {}", last_line(&ended.error_output, self.server, &folder));
                return Ok(not_tested(operation, why));
            }
        }
        // What was asked before the command under test is not judged.
        self.server.forget_arrivals();
        let ended = self.command(&folder, &values, &task.run, daemon)?;
        let errors = String::from_utf8_lossy(&ended.error_output).into_owned();
        let daemon_errors = daemon.map(Daemon::error_output).unwrap_or_default();
        let outcome = self.outcome(&ended, &errors, &String::from_utf8_lossy(&daemon_errors));
        let has_crashed_daemon = daemon.is_some_and(|daemon| !daemon.is_running());
        if has_crashed_daemon {
            self.session.forget();
        }
        let kept = if outcome == Outcome::Stored { self.kept(operation, task, &folder) } else { None };
        Ok(ProgramRun {
            operation,
            ending: ended.ending,
            outcome: if has_crashed_daemon { Outcome::Crashed } else { outcome },
            overrun: ended.overrun,
            last_line: last_line(&ended.error_output, self.server, &folder),
            arrived: self.server.arrived(),
            escaped: folder.escaped(),
            kept,
            listed: listed(task, operation, &ended),
            peak_memory: ended.peak_memory,
        })
    }

    fn values(&self, folder: &Folder) -> Values {
        let names = self.server.names();
        let mut values = Values::default();
        values.set("program", self.adapter.program());
        values.set("registry", self.server.registry());
        values.set("repository", &*names.repository);
        values.set("tag", &*names.tag);
        values.set("digest", &*names.digest);
        values.set("subject", &*names.subject);
        values.set("to", &*names.to);
        values.set("username", USERNAME);
        values.set("password", PASSWORD);
        values.set("out", folder.out().to_string_lossy());
        values.set("home", folder.home().to_string_lossy());
        values.set("layout", folder.layout().to_string_lossy());
        values
    }

    /// Writes what the program finds: auth files, the files of its adapter, and the case as a layout.
    fn furnish(&self, folder: &Folder, values: &Values) -> Result<(), Trouble> {
        let (registry, username, password) = (self.server.registry(), USERNAME, PASSWORD);
        furnish(&folder.home(), Some(Credentials { registry, username, password }))?;
        let write = |path: &Path, text: &str| {
            path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(path, text))
        };
        for (path, text) in &self.adapter.files {
            let path = folder.home().join(path);
            write(&path, &values.fill(text))
                .map_err(|cause| self.trouble(format!("write {}", path.display()), cause.to_string()))?;
        }
        let layout = Layout::create(&folder.layout()).and_then(|mut layout| {
            layout.add(&self.server.names().tag, self.exchange)?;
            layout.finish()
        });
        layout.map_err(|error| self.trouble("write the case as a layout".to_owned(), error.to_string()))
    }

    fn trouble(&self, attempted: String, cause: String) -> Trouble {
        Trouble::new(TroubleKind::Command, attempted, format!("client:{}", self.adapter.name), cause)
    }

    fn command(
        &self,
        folder: &Folder,
        values: &Values,
        words: &[String],
        daemon: Option<&Daemon>,
    ) -> Result<Ended, Trouble> {
        let command = Command {
            arguments: values.fill_all(words),
            environment: self.environment(&folder.home(), values),
            directory: folder.out(),
            watched: folder.watched().to_owned(),
        };
        let needs = self.exchange.needs.len();
        let mut limits = self.adapter.limits();
        limits.time += TIME_FOR_NEED * u32::try_from(needs).unwrap_or(u32::MAX);
        // A program may ask for each of them.
        let referrers = if self.exchange.answers.referrers == Referrers::Many { REFERRERS } else { 0 };
        limits.time += TIME_FOR_REFERRER * u32::try_from(referrers).unwrap_or(u32::MAX);
        let most = REQUESTS + REQUESTS_FOR_NEED * needs + 2 * referrers;
        let of_daemon = daemon.map(|daemon| daemon.watch(&limits));
        let over = || {
            let too_many = (self.server.requests() > most).then_some(Overrun::Requests);
            too_many.or_else(|| of_daemon.as_ref().and_then(|watch| watch()))
        };
        run(&command, &limits, &over)
    }

    fn environment(&self, home: &Path, values: &Values) -> Vec<(String, String)> {
        let port = self.server.proxy().rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        let mut environment = environment(home, port.filter(|_| !self.is_isolated));
        for (name, value) in &self.adapter.environment {
            environment.retain(|(known, _)| known != name);
            environment.push((name.clone(), values.fill(value)));
        }
        environment
    }

    /// The daemon, started if it does not run.
    fn running(&self, values: &mut Values) -> Result<Option<Arc<Running>>, Trouble> {
        let Some(daemon) = &self.adapter.daemon else { return Ok(None) };
        let mut session = self.session.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = session.as_ref() {
            values.set("state", running.state.path().to_string_lossy());
            return Ok(Some(Arc::clone(running)));
        }
        let state = Scratch::new()?;
        values.set("state", state.path().to_string_lossy());
        let home = state.path().join("home");
        furnish(&home, None)?;
        let command = |words: &[String]| Command {
            arguments: values.fill_all(words),
            environment: self.environment(&home, values),
            directory: state.path().to_owned(),
            watched: state.path().to_owned(),
        };
        let started = Daemon::start(command(&daemon.run), &command(&daemon.ready), READY)?;
        let running = Arc::new(Running { daemon: Mutex::new(started), state });
        *session = Some(Arc::clone(&running));
        Ok(Some(running))
    }

    /// The order is that of certainty: how it ended says more than what it printed.
    fn outcome(&self, ended: &Ended, errors: &str, daemon_errors: &str) -> Outcome {
        match ended.ending {
            _ if ended.overrun.is_some() => Outcome::Hung,
            Ending::Timeout => Outcome::Hung,
            Ending::Signal(_) => Outcome::Crashed,
            Ending::Exit(0) => Outcome::Stored,
            Ending::Exit(_) if self.adapter.has_crashed(errors) => Outcome::Crashed,
            Ending::Exit(_) if self.adapter.daemon.is_some() && self.adapter.has_crashed(daemon_errors) => {
                Outcome::Crashed
            }
            Ending::Exit(_) if self.adapter.is_unsupported(errors) => Outcome::Unsupported,
            Ending::Exit(_) => Outcome::Refused,
        }
    }

    /// The manifest that the program stored, if it kept the bytes that it read.
    fn kept(&self, operation: Operation, task: &Task, folder: &Folder) -> Option<Kept> {
        if task.rebuilds {
            return None;
        }
        match operation {
            Operation::Copy | Operation::Push => self.server.kept(),
            Operation::Pull => manifest_of_layout(&folder.out().join(task.keeps.as_ref()?), &self.server.names().tag),
            Operation::List | Operation::Tags => None,
        }
    }
}

impl Session {
    /// The next run starts the daemon again.
    fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

fn not_tested(operation: Operation, why: String) -> ProgramRun {
    ProgramRun {
        operation,
        ending: Ending::Exit(0),
        outcome: Outcome::NotTested(why),
        overrun: None,
        last_line: String::new(),
        arrived: Vec::new(),
        escaped: Vec::new(),
        kept: None,
        listed: None,
        peak_memory: 0,
    }
}

/// The last line that is not blank, escaped and bounded, without what differs from run to run.
fn last_line(error_output: &[u8], server: &CaseServer, folder: &Folder) -> String {
    let text = String::from_utf8_lossy(error_output);
    let line = text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut line = line.trim().to_owned();
    let scratch = folder.watched().to_string_lossy().into_owned();
    for (name, value) in [("{out}", folder.out()), ("{home}", folder.home()), ("{layout}", folder.layout())] {
        line = line.replace(&*value.to_string_lossy(), name);
    }
    let line = line.replace(&scratch, "{scratch}").replace(server.registry(), "{registry}");
    bounded(&escaped(&without_ports(&line)), LAST_LINE)
}

/// The text without ports behind loopback addresses, and without times at its start.
fn without_ports(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("127.0.0.") {
        let end = at + rest[at..].find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len() - at);
        out.push_str(&rest[..end]);
        rest = &rest[end..];
        if let Some(port) = rest.strip_prefix(':') {
            let digits = port.find(|c: char| !c.is_ascii_digit()).unwrap_or(port.len());
            if digits > 0 {
                out.push_str(":PORT");
                rest = &port[digits..];
            }
        }
    }
    out.push_str(rest);
    without_time(&out)
}

/// Logrus and Go's log begin lines with the time.
fn without_time(line: &str) -> String {
    if let Some(rest) = line.strip_prefix("time=\"")
        && let Some((_, rest)) = rest.split_once("\" ")
    {
        return rest.to_owned();
    }
    let is_digit = |at: usize| line.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let is_stamp = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12].into_iter().all(is_digit) && line.get(4..5) == Some("/");
    if is_stamp { line.get(20..).unwrap_or(line).to_owned() } else { line.to_owned() }
}

/// The digests or tags in standard output, if that names them.
fn listed(task: &Task, operation: Operation, ended: &Ended) -> Option<Vec<String>> {
    if !matches!(operation, Operation::List | Operation::Tags)
        || ended.ending != Ending::Exit(0)
        || !ended.output_is_complete
    {
        return None;
    }
    let text = String::from_utf8_lossy(&ended.output);
    let words = text.split(|c: char| c.is_whitespace() || "\",[]{}()".contains(c)).filter(|word| !word.is_empty());
    Some(match task.prints? {
        Prints::Digests => digests_in(words),
        Prints::Tags => words.map(str::to_owned).collect(),
    })
}

/// Every digest, each once, also behind `@`.
fn digests_in<'w>(words: impl Iterator<Item = &'w str>) -> Vec<String> {
    let mut digests: Vec<String> = Vec::new();
    for word in words {
        let digest = word.rsplit('@').next().unwrap_or(word);
        let is_whole = match digest.split_once(':') {
            Some(("sha256", encoded)) => encoded.len() == 64,
            Some(("sha512", encoded)) => encoded.len() == 128,
            _ => false,
        };
        if is_whole && is_digest(digest) && digests.iter().all(|known| known != digest) {
            digests.push(digest.to_owned());
        }
    }
    digests
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_run_to_run_is_left_out_of_the_last_line() {
        for (line, kept) in [
            ("2026/11/27 14:00:01 pulling 127.0.0.1:4321/a: no", "pulling 127.0.0.1:PORT/a: no"),
            ("time=\"2026-11-27T14:00:01Z\" level=fatal msg=\"no\"", "level=fatal msg=\"no\""),
            ("dial tcp 127.0.0.2:1: refused, 127.0.0.3", "dial tcp 127.0.0.2:PORT: refused, 127.0.0.3"),
        ] {
            assert_eq!(without_ports(line), kept);
        }
    }

    #[test]
    fn digests_are_found_once_and_behind_references() {
        let digest = crate::exchange::sha256(b"x");
        let text = format!("a@{digest} {digest} sha256:0 name:tag");
        assert_eq!(digests_in(text.split(' ')), [digest]);
    }
}

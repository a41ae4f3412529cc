//! One operation of a client program: its folders, its commands, and what was seen.

use std::path::Path;
use std::time::Duration;

use super::Adapter;
use super::adapter::Task;
use super::filling::Values;
use super::keeping::manifest_of_layout;
use super::last_line::last_line;
use super::listing::listed;
use super::sandbox::{Command, Credentials, Daemon, Ended, Folder, environment, furnish, run};
use super::server::{CaseServer, PASSWORD, USERNAME};
use super::session::Session;
use crate::error::{Trouble, TroubleKind};
use crate::exchange::Exchange;
use crate::exchange::client::{Ending, Kept, Operation, Outcome, Overrun, ProgramRun, Referrers};
use crate::report::Layout;

/// The most requests of one run, and how many more for each blob and manifest of the case.
const REQUESTS: usize = 2000;
const REQUESTS_FOR_NEED: usize = 16;
/// How much longer a run may take for each of them.
const TIME_FOR_NEED: Duration = Duration::from_millis(200);
/// How many referrers a list of many has, and how much longer a run may take for each.
const REFERRERS: usize = 10_000;
const TIME_FOR_REFERRER: Duration = Duration::from_millis(10);

/// The start of the files at absolute paths that some content asks for.
const ABSOLUTE: &[u8] = b"manifuzz-absolute-";
/// How many bytes of a daemon's output are looked for to find where a run begins.
const MARK: usize = 256;

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
        let folder = Folder::new(names_an_absolute_path(self.exchange))?;
        let mut values = self.values(&folder);
        let running = self.session.running(self.adapter, &mut values, |home, values| self.environment(home, values))?;
        let daemon = running.as_ref().map(|running| running.daemon());
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
        let before = daemon.map(Daemon::error_output).unwrap_or_default();
        let ended = self.command(&folder, &values, &task.run, daemon)?;
        let errors = String::from_utf8_lossy(&ended.error_output).into_owned();
        let after = daemon.map(Daemon::error_output).unwrap_or_default();
        let outcome = self.outcome(&ended, &errors, &String::from_utf8_lossy(said_since(&before, &after)));
        let has_crashed_daemon = daemon.is_some_and(|daemon| !daemon.is_running());
        if has_crashed_daemon {
            self.session.forget();
        }
        let kept = if outcome == Outcome::Stored { self.kept(operation, task, &folder) } else { None };
        Ok(ProgramRun {
            ending: ended.ending,
            overrun: ended.overrun,
            last_line: last_line(&ended.error_output, self.server, &folder),
            arrived: self.server.arrived(),
            escaped: folder.escaped(),
            kept,
            listed: listed(task, operation, &ended),
            peak_memory: ended.peak_memory,
            ..ProgramRun::new(operation, if has_crashed_daemon { Outcome::Crashed } else { outcome })
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

fn not_tested(operation: Operation, why: String) -> ProgramRun {
    ProgramRun::new(operation, Outcome::NotTested(why))
}

/// Whether the case asks for a file at an absolute path, which is the same for all runs. An escape could hide it.
fn names_an_absolute_path(exchange: &Exchange) -> bool {
    let bodies = exchange.needs.iter().map(|need| &need.bytes[..]).chain([&exchange.tested.body[..]]);
    let mut bodies = bodies.filter(|body| body.first() == Some(&b'{'));
    bodies.any(|body| body.contains(&b'\\') || body.windows(ABSOLUTE.len()).any(|part| part == ABSOLUTE))
}

/// What a daemon printed behind what it had printed before. Of both only the end is kept.
fn said_since<'a>(before: &[u8], after: &'a [u8]) -> &'a [u8] {
    let mark = &before[before.len().saturating_sub(MARK)..];
    if mark.is_empty() {
        return after;
    }
    let at = after.windows(mark.len()).rposition(|part| part == mark);
    at.map_or(after, |at| &after[at + mark.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::render;

    #[test]
    fn what_a_daemon_said_before_a_run_is_not_of_the_run() {
        assert_eq!(said_since(b"panic one\n", b"panic one\nready\n"), b"ready\n");
        assert_eq!(said_since(b"panic one\n", b"panic one\n"), b"");
        assert_eq!(said_since(b"", b"ready\n"), b"ready\n");
        let long = [b"panic\n".repeat(MARK), b"end\n".to_vec()].concat();
        let kept = [&long[1000..], b"more\n"].concat();
        assert_eq!(said_since(&long, &kept), b"more\n");
    }

    #[test]
    fn only_content_that_can_name_an_absolute_path_asks_for_it() {
        let asks = |shape: &str| names_an_absolute_path(&render(&shape.parse().expect("a shape")));
        assert!(!asks("base") && !asks("kind=index") && !asks("layers.0.annotations=title-parent"));
        assert!(asks("layers.0.annotations=title-absolute") && asks("config.digest=traversal-absolute"));
        assert!(asks("layers.0.annotations=title-absolute;text.escapes=all"));
    }
}

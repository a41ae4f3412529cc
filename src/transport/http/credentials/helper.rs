//! Asks a credential helper, `docker-credential-NAME`, within a time limit.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::{Credentials, Secret};
use crate::error::Input;

/// How long a helper may take. Some ask the user for a password or a touch of a key.
const LIMIT: Duration = Duration::from_secs(30);
/// How often a helper that has closed its output is looked at.
const LOOK: Duration = Duration::from_millis(5);
/// Maximum length of what a helper prints, in bytes.
const PRINTED: u64 = 1 << 20;
/// The user name with which helpers say that the secret is an identity token.
const TOKEN: &str = "<token>";

#[derive(Deserialize)]
struct Printed {
    #[serde(rename = "Username")]
    username: String,
    #[serde(rename = "Secret")]
    secret: String,
}

/// The credentials that a helper has for a server; `None` if it has none.
///
/// # Errors
///
/// [`Input`] if the helper cannot be run, fails, or takes too long. What it printed is not part of the message.
pub(super) fn ask(name: &str, server: &str) -> Result<Option<Credentials>, Input> {
    ask_within(LIMIT, name, server)
}

fn ask_within(limit: Duration, name: &str, server: &str) -> Result<Option<Credentials>, Input> {
    let started = Instant::now();
    let program = format!("docker-credential-{name}");
    let wrong = |why: String| {
        let what = format!("cannot get credentials for {server} from {program}");
        Input::value(what, why, "mend the helper, log in again, or give a user name and a password")
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || !name.chars().all(is_name) {
        return Err(wrong("the auth file names no valid helper".to_owned()));
    }
    let mut command = Command::new(&program);
    command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| wrong(format!("it cannot be started: {error}")))?;
    let ended = printed(&mut child, server, limit)
        .and_then(|printed| Some((printed, status(&mut child, limit.saturating_sub(started.elapsed()))?)));
    let Some((printed, status)) = ended else {
        let _ = child.kill();
        let _ = child.wait();
        return Err(wrong(format!("it did not end within {} s", limit.as_secs())));
    };
    if !status.success() {
        // The protocol has one way to say this.
        let is_unknown = String::from_utf8_lossy(&printed).contains("credentials not found");
        return if is_unknown { Ok(None) } else { Err(wrong(format!("it failed ({status})"))) };
    }
    let Ok(Printed { username, secret }) = serde_json::from_slice(&printed) else {
        return Err(wrong("it did not print credentials".to_owned()));
    };
    let secret = Secret::new(secret);
    Ok(Some(if username == TOKEN {
        Credentials::IdentityToken(secret)
    } else {
        Credentials::password(username, secret)
    }))
}

/// Everything that the helper prints until it closes its output; `None` after the time limit.
fn printed(child: &mut Child, server: &str, limit: Duration) -> Option<Vec<u8>> {
    let (mut stdin, stdout) = (child.stdin.take()?, child.stdout.take()?);
    let (server, (sender, receiver)) = (server.to_owned(), channel());
    // Threads, because a helper may neither read nor write; they end when it does.
    thread::spawn(move || stdin.write_all(server.as_bytes()));
    thread::spawn(move || {
        let mut out = Vec::new();
        let read = stdout.take(PRINTED).read_to_end(&mut out);
        sender.send(read.map(|_| out))
    });
    receiver.recv_timeout(limit).ok()?.ok()
}

/// How the helper ended; `None` after the time limit. It may close its output long before.
fn status(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if started.elapsed() < limit => thread::sleep(LOOK),
            _ => return None,
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_path_is_not_run() {
        for name in ["", "../sh", "a b", "a/b"] {
            assert!(ask(name, "a.invalid").is_err_and(|error| error.to_string().contains("no valid helper")), "{name}");
        }
        let missing = ask("manifuzz-none", "a.invalid").map(|_| ()).expect_err("not installed").to_string();
        assert!(
            missing.contains("docker-credential-manifuzz-none") && missing.contains("give a user name"),
            "{missing}"
        );
    }

    #[test]
    fn a_helper_that_does_not_end_is_ended() {
        let mut child =
            Command::new("sleep").arg("600").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("sleep");
        assert!(printed(&mut child, "a.invalid", Duration::from_millis(50)).is_none());
        assert!(status(&mut child, Duration::from_millis(50)).is_none());
        child.kill().expect("it still runs");
        child.wait().expect("it ends");
    }
}

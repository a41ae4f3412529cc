//! Where credentials come from, in which order, and that they are written nowhere.
#![cfg(unix)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::command::{manifuzz, stderr};
use crate::guarded::{BASIC, PASSWORD, TOKEN, authorization, unauthorized};
use crate::serving::{Served, answer};

/// A registry that wants Basic and takes every user.
fn registry() -> Served {
    Served::registry(|asked| {
        (!authorization(asked).starts_with("Basic ")).then(|| unauthorized(&["Basic realm=x".to_owned()]))
    })
}

/// The user name that a registry was sent; empty if none.
fn user_of(server: &Served) -> String {
    let asked = server.asked();
    let sent = asked.iter().find_map(|one| authorization(one).strip_prefix("Basic "));
    let text = sent.map(|sent| String::from_utf8(STANDARD.decode(sent).unwrap()).unwrap());
    text.map_or(String::new(), |text| text.split(':').next().unwrap().to_owned())
}

/// An auth file with a user for the host.
fn file(server: &Served, user: &str) -> String {
    format!(r#"{{"auths":{{"{}":{{"auth":"{}"}}}}}}"#, server.address, STANDARD.encode(format!("{user}:{PASSWORD}")))
}

fn write(path: PathBuf, text: &str) -> PathBuf {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path
}

/// Writes a program. Not by this process: a thread that starts another program meanwhile would keep the file open.
fn program(path: &Path, text: &str) {
    let script = "cat > \"$0\" && chmod +x \"$0\"";
    let mut shell = Command::new("sh").arg("-c").arg(script).arg(path).stdin(Stdio::piped()).spawn().unwrap();
    shell.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(shell.wait().unwrap().success());
}

/// A run in a directory with these variables and nothing else of the environment.
fn run(directory: &Path, server: &Served, variables: &[(&str, String)], more: &[&str], stdin: &str) -> Output {
    let url = server.url();
    let fixed = ["run", &url, "--seed", "1", "--cases", "3", "--no-shrink"];
    let mut run = manifuzz()
        .args([&fixed[..], more].concat())
        .env_clear()
        .env("PATH", format!("{}:{}", directory.display(), std::env::var("PATH").unwrap()))
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A run that reads no password may have ended.
    let _ = run.stdin.take().unwrap().write_all(stdin.as_bytes());
    run.wait_with_output().unwrap()
}

/// The files that hold credentials, and the user in each.
const FILES: [(&str, &str); 5] = [
    ("home/.docker/config.json", "home-docker"),
    ("home/.config/containers/auth.json", "home-podman"),
    ("run/containers/auth.json", "runtime"),
    ("docker/config.json", "docker"),
    ("podman.json", "podman"),
];

#[test]
fn a_flag_precedes_the_environment_and_that_the_files_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = |path: &str| folder.path().join(path).display().to_string();
    let sources = |server: &Served| {
        let password = ("OCI_PASSWORD", PASSWORD.to_owned());
        [
            ("home-podman", vec![("HOME", path("home"))]),
            ("runtime", vec![("XDG_RUNTIME_DIR", path("run"))]),
            ("docker", vec![("DOCKER_CONFIG", path("docker"))]),
            ("podman", vec![("REGISTRY_AUTH_FILE", path("podman.json"))]),
            ("variable", vec![("DOCKER_AUTH_CONFIG", file(server, "variable"))]),
            ("oci", vec![("OCI_USERNAME", "oci".to_owned()), password]),
        ]
    };
    let run_with = |weakest: usize, more: &[&str]| {
        let server = registry();
        for (path, user) in FILES {
            write(folder.path().join(path), &file(&server, user));
        }
        let variables: Vec<_> =
            sources(&server).into_iter().take(weakest).flat_map(|(_, variables)| variables).collect();
        let output = run(folder.path(), &server, &variables, more, &format!("{PASSWORD}\n"));
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        user_of(&server)
    };
    assert_eq!(run_with(6, &["--username", "flag", "--password-stdin"]), "flag");
    for (at, (user, _)) in sources(&registry()).iter().enumerate() {
        assert_eq!(run_with(at + 1, &[]), *user);
    }
    std::fs::remove_file(folder.path().join(FILES[1].0)).unwrap();
    let server = registry();
    write(folder.path().join(FILES[0].0), &file(&server, FILES[0].1));
    run(folder.path(), &server, &[("HOME", path("home"))], &[], "");
    assert_eq!(user_of(&server), "home-docker");
}

#[test]
fn helpers_are_asked_and_their_failures_told_without_what_they_print() {
    let folder = tempfile::tempdir().unwrap();
    let print = r#"{"ServerURL":"x","Username":"helper","Secret":"hunter2-hunter2"}"#;
    let helper = |name: &str, script: &str| {
        program(&folder.path().join(format!("docker-credential-{name}")), &format!("#!/bin/sh\n{script}\n"));
    };
    helper("good", &format!("test \"$1\" = get && read -r server; echo \"$server\" >> asked; echo '{print}'"));
    helper("none", "echo 'credentials not found in native keychain'; exit 1");
    helper("fails", &format!("echo '{PASSWORD}'; echo '{PASSWORD}' >&2; exit 3"));
    helper("prints", &format!("echo '{PASSWORD}'"));
    for (file, user, words) in [
        (r#"{"credHelpers":{"HOST":"good"}}"#, "helper", ""),
        (r#"{"credsStore":"good"}"#, "helper", ""),
        (r#"{"credsStore":"good","auths":{"HOST":{}}}"#, "helper", ""),
        (r#"{"credsStore":"fails","credHelpers":{"HOST":"good"}}"#, "helper", ""),
        (r#"{"credsStore":"none"}"#, "", "--password-stdin"),
        (r#"{"credsStore":"fails"}"#, "", "docker-credential-fails: it failed"),
        (r#"{"credsStore":"prints"}"#, "", "docker-credential-prints: it did not print credentials"),
        (r#"{"credsStore":"missing"}"#, "", "docker-credential-missing: it cannot be started"),
        (r#"{"credsStore":"../good"}"#, "", "no valid helper"),
        (r#"{"auths":{"HOST":"hunter2-hunter2"}}"#, "", "not the JSON of an auth file"),
    ] {
        let server = registry();
        let config = [("DOCKER_AUTH_CONFIG", file.replace("HOST", &server.address))];
        let output = run(folder.path(), &server, &config, &[], "");
        let said = stderr(&output);
        assert!(user_of(&server) == user && said.contains(words), "{file}: {said}");
        assert!(!format!("{output:?}").contains(PASSWORD), "{said}");
        assert_eq!(output.status.code() == Some(0), !user.is_empty(), "{file}: {said}");
    }
    let asked = std::fs::read_to_string(folder.path().join("asked")).unwrap();
    assert!(asked.lines().all(|line| line.starts_with("127.0.0.1:")), "{asked}");
}

/// All files below a directory, as one text.
fn everything(directory: &Path, all: &mut String) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            everything(&path, all);
        } else {
            all.push_str(&String::from_utf8_lossy(&std::fs::read(&path).unwrap()));
        }
    }
}

#[test]
fn no_credential_occurs_in_any_file_or_output() {
    let service =
        Served::new(|asked| answer(200, &[("X-Echo", authorization(asked))], format!(r#"{{"token":"{TOKEN}"}}"#)));
    let challenge = format!(r#"Bearer realm="http://{}/token",service="reg""#, service.address);
    for (challenge, carried) in [(challenge, TOKEN), ("Basic realm=x".to_owned(), &BASIC[6..])] {
        // It repeats what it is sent wherever it can.
        let server = Served::registry(move |asked| {
            let sent = authorization(asked);
            if !sent.ends_with(carried) {
                return Some(unauthorized(std::slice::from_ref(&challenge)));
            }
            let body = format!(r#"{{"errors":[{{"code":"DENIED","message":"you sent {sent} and {PASSWORD}"}}]}}"#);
            let echoes =
                [("Location", sent), ("Docker-Content-Digest", sent), ("Warning", sent), ("Content-Type", sent)];
            match &*asked.method {
                "GET" if asked.target.ends_with("/tags/list") => Some(answer(500, &echoes, body)),
                "GET" if asked.target.contains("/manifests/mf-") => Some(answer(200, &echoes, body)),
                "PUT" if asked.target.contains("/manifests/sha256:") => Some(answer(400, &echoes, body)),
                "GET" if asked.target.contains("/referrers/") => Some(answer(307, &echoes, body)),
                _ => None,
            }
        });
        let folder = tempfile::tempdir().unwrap();
        let environment = [("OCI_USERNAME", "user".to_owned()), ("OCI_PASSWORD", PASSWORD.to_owned())];
        let more = ["--results", "results", "--trace", "trace.jsonl", "--fail-on", "note"];
        let output = run(folder.path(), &server, &environment, &more, "");
        let mut all = format!("{}{}", String::from_utf8_lossy(&output.stdout), stderr(&output));
        everything(folder.path(), &mut all);
        assert!(server.count("PUT", "/manifests/") > 0 && all.contains("you sent"), "{all}");
        for secret in [PASSWORD, TOKEN, &BASIC[6..], &STANDARD.encode(PASSWORD)] {
            let at = all.find(secret).map(|at| &all[at.saturating_sub(300)..]);
            assert!(at.is_none(), "{secret}: {}", &at.unwrap()[..at.unwrap().len().min(400)]);
        }
    }
}

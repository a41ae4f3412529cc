//! The script of a packet shows its finding on the server that has the defect, and not on one that has none.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use crate::command::if_installed;
use crate::registry::{planted, target};
use manifuzz::compare::Grade;
use manifuzz::engine::CaseRunner;
use manifuzz::exchange::{Depth, Stage};
use manifuzz::findings::{Context, Record, Sighting};
use manifuzz::model::{Class, Versions};
use manifuzz::registry::serve::Serving;
use manifuzz::registry::{Profile, Quirk, Registry, Shows, quirks};
use manifuzz::report::{Traffic, packet, packet_of_body};
use manifuzz::shape::Shape;

/// The violations and warnings of the case that a quirk's row names.
fn records(quirk: &Quirk) -> Vec<Record> {
    let Shows::Finding(_, shape) = quirk.shows else { return Vec::new() };
    let target = target(&planted(&[quirk.name]));
    let mut single = CaseRunner::new(target.as_ref(), Versions::V1_1, Depth::Full).unwrap();
    let found = single.case(&shape.parse::<Shape>().unwrap()).unwrap();
    let serious = found.iter().filter(|one| one.finding.grade > Grade::Note);
    let record = |one: &manifuzz::engine::MinimalFinding| {
        let sighting = Sighting {
            target: quirk.name,
            target_version: "",
            spec: "1.1",
            shape: &one.shape,
            finding: &one.finding,
            witness: one.witness.as_ref(),
            from: &one.from,
            reproduced: one.reproduced,
            is_smallest: one.is_smallest,
            probes: one.probes,
            extent: &one.extent.to_string(),
        };
        sighting.record(&Context { seed: 1, day: "2026-01-02".parse().unwrap(), tool_version: "0.1.0" })
    };
    serious.map(record).collect()
}

fn write(folder: &Path, record: &Record) {
    write_files(folder, packet(record, Traffic::None).unwrap());
}

fn write_files(folder: &Path, files: BTreeMap<String, Vec<u8>>) {
    for (name, content) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}

fn serving(profile: &Profile) -> Serving {
    Serving::start(Arc::new(Registry::new(profile))).unwrap()
}

/// The exit code of a script, and what it printed.
fn run(shell: &str, folder: &Path, url: &str) -> (Option<i32>, String) {
    let output = Command::new(shell).arg(folder.join("repro.sh")).arg(url).output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (output.status.code(), text)
}

/// The duties that a shell cannot decide, and why. Their scripts show the answers and exit with 2.
const UNDECIDED: [(&str, &str); 1] = [("http-304-has-no-content", "curl reads no content after 304")];

fn is_undecided(record: &Record) -> bool {
    UNDECIDED.iter().any(|(duty, _)| record.duty() == Some(*duty))
}

/// What is wrong with the script of a record.
fn flaw(quirk: &Quirk, record: &Record) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), record);
    let checked = Command::new("sh").arg("-n").arg(folder.path().join("repro.sh")).status().unwrap();
    assert!(checked.success(), "{}: the script of {} is not valid", quirk.name, record.key);
    let (shown, not_shown) = if is_undecided(record) { (2, 2) } else { (0, 1) };
    let (planted, clean) = (serving(&planted(&[quirk.name])), serving(&Profile::clean()));
    let run_at = |server: &Serving| run("sh", folder.path(), &format!("http://{}/a/b", server.address));
    for (server, wanted) in [(&planted, shown), (&clean, not_shown)] {
        let (code, text) = run_at(server);
        if code != Some(wanted) {
            return Some(format!("{}: {} exits with {code:?}, not {wanted}:\n{text}", quirk.name, record.key));
        }
    }
    // Another run finds what the first one left in the repository.
    let (code, text) = run_at(&clean);
    if code == Some(0) {
        return Some(format!("{}: {} exits with 0 when it runs again:\n{text}", quirk.name, record.key));
    }
    None
}

fn curl_is_installed() -> bool {
    if_installed("curl", Command::new("curl").arg("--version").output()).is_some()
}

/// The scripts of these quirks that do not tell; how many were run, and the classes with stages that they cover.
fn walked(
    quirks: impl Iterator<Item = &'static Quirk>,
    mut takes: impl FnMut(&Record) -> bool,
) -> (Vec<String>, usize, BTreeSet<(String, String)>) {
    let (mut flaws, mut count, mut covered) = (Vec::new(), 0, BTreeSet::new());
    for quirk in quirks {
        for record in records(quirk).iter().filter(|record| takes(record)) {
            count += 1;
            covered.insert((record.class.as_str().to_owned(), record.stage.as_str().to_owned()));
            flaws.extend(flaw(quirk, record));
        }
    }
    (flaws, count, covered)
}

#[test]
fn a_script_of_each_class_and_stage_shows_its_finding_only_on_the_server_that_has_it() {
    if !curl_is_installed() {
        return;
    }
    let mut seen = HashSet::new();
    let (flaws, count, covered) = walked(quirks(), |record| seen.insert((record.class, record.stage)));
    assert!(flaws.is_empty(), "{} of {count}:\n{}", flaws.len(), flaws.join("\n"));
    let classes: BTreeSet<&str> = covered.iter().map(|(class, _)| class.as_str()).collect();
    let reached = [
        Class::RejectsValid,
        Class::AcceptsForbidden,
        Class::ServerError,
        Class::Dropped,
        Class::WrongStatus,
        Class::WrongCode,
        Class::BadErrorBody,
        Class::Altered,
        Class::Lost,
        Class::MissingHeader,
        Class::ReferrersWrong,
        Class::Inconsistent,
    ];
    assert!(reached.iter().all(|class| classes.contains(class.as_str())), "{covered:?}");
    assert!(covered.len() >= 20, "{covered:?}");
    let stages: BTreeSet<&str> = covered.iter().map(|(_, stage)| stage.as_str()).collect();
    let all = [Stage::ManifestHead, Stage::Referrers, Stage::TagList, Stage::Residue, Stage::Delete, Stage::BlobGet];
    assert!(all.iter().all(|stage| stages.contains(stage.as_str())), "{stages:?}");
}

/// A condition that holds on every server would be a false claim, so a script without one claims nothing.
#[test]
fn a_script_decides_every_duty_but_those_that_a_shell_cannot_see() {
    let (mut wrong, mut left) = (Vec::new(), BTreeSet::new());
    for quirk in quirks() {
        for record in records(quirk) {
            let script = packet(&record, Traffic::None).unwrap().remove("repro.sh").unwrap();
            let ends_undecided = String::from_utf8(script).unwrap().lines().any(|line| line.starts_with("undecided "));
            if ends_undecided != is_undecided(&record) {
                wrong.push(format!("{}: {}", quirk.name, record.key));
            }
            left.extend(record.duty().filter(|_| ends_undecided).map(str::to_owned));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(left.len(), UNDECIDED.len(), "{left:?}");
}

/// `MANIFUZZ_QUIRKS` names the quirks to try, separated by commas; without it, all are.
#[test]
#[ignore = "slow: the scripts of every quirk"]
fn the_script_of_every_quirk_shows_its_finding_only_on_the_server_that_has_it() {
    if !curl_is_installed() {
        return;
    }
    let named = std::env::var("MANIFUZZ_QUIRKS").ok();
    let is_named = |quirk: &&Quirk| named.as_ref().is_none_or(|names| names.split(',').any(|name| name == quirk.name));
    let wanted: Vec<&'static Quirk> = quirks().filter(is_named).collect();
    // The scripts wait for processes most of the time.
    let walked: Vec<_> = std::thread::scope(|scope| {
        let parts = wanted.chunks(wanted.len().div_ceil(4).max(1));
        let running: Vec<_> = parts.map(|part| scope.spawn(|| walked(part.iter().copied(), |_| true))).collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let flaws: Vec<&str> = walked.iter().flat_map(|(flaws, ..)| flaws).map(String::as_str).collect();
    let count: usize = walked.iter().map(|(_, count, _)| count).sum();
    println!("{count} scripts");
    assert!(count > 0 && flaws.is_empty(), "{} of {count}:\n{}", flaws.len(), flaws.join("\n"));
}

/// The exit code of the example on a row.
fn example(corpus: &Path, key: &str, server: &Serving) -> Option<(Option<i32>, String)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/run_row.py");
    let mut python = Command::new("python3");
    let command = python.arg(script).arg(corpus).arg(key).arg(format!("http://{}/a/b", server.address));
    let output = if_installed("python3", command.output())?;
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    Some((output.status.code(), text))
}

#[test]
fn a_script_that_does_not_know_manifuzz_runs_a_row() {
    let mut seen = HashSet::new();
    let (mut shown, mut told) = (BTreeSet::new(), BTreeSet::new());
    for quirk in quirks() {
        for record in records(quirk).iter().filter(|record| seen.insert((record.class, record.stage))) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("cases.csv");
            let mut corpus = manifuzz::findings::Corpus::open(&path).unwrap();
            corpus.merge(record.clone());
            corpus.save().unwrap();
            let Some((code, text)) = example(&path, &record.key, &serving(&planted(&[quirk.name]))) else { return };
            assert_eq!(code, Some(0), "{}: {}: {text}", quirk.name, record.key);
            shown.insert(record.stage.as_str());
            // Other findings are not in a status that only they have.
            if matches!(record.class, Class::RejectsValid | Class::ServerError | Class::Dropped) {
                let (code, text) = example(&path, &record.key, &serving(&Profile::clean())).unwrap();
                assert_eq!(code, Some(1), "{}: {} on a server without it: {text}", quirk.name, record.key);
                told.insert(record.stage.as_str());
            }
        }
    }
    assert!(shown.len() >= 7 && told.len() >= 3, "{shown:?} {told:?}");
}

#[test]
fn a_script_says_that_a_server_could_not_be_asked() {
    if !curl_is_installed() {
        return;
    }
    let quirk = quirks().find(|quirk| quirk.name == "refuses-annotations").unwrap();
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &records(quirk)[0]);
    // Nothing listens there once it is dropped.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let denying = crate::serving::Served::new(|_| crate::serving::answer(403, &[], ""));
    let full = crate::serving::Served::registry(|asked| {
        (asked.method == "PUT" && asked.target.contains("/manifests/")).then(|| crate::serving::answer(429, &[], ""))
    });
    for address in [closed.to_string(), denying.address.clone(), full.address.clone()] {
        let (code, text) = run("sh", folder.path(), &format!("http://{address}/a/b"));
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains("could not be asked"), "{text}");
    }
    assert_eq!(run("sh", folder.path(), "127.0.0.1:5000").0, Some(2));
}

/// The embedded registry does not hang, so the record is made from one of another class.
#[test]
fn a_script_shows_that_a_server_does_not_answer() {
    if !curl_is_installed() {
        return;
    }
    let quirk = quirks().find(|quirk| quirk.name == "refuses-annotations").unwrap();
    let key = "manifest-put hang - - - annotations".to_owned();
    let record = Record { class: Class::Hang, status: None, key, ..records(quirk)[0].clone() };
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &record);
    let hanging = crate::serving::Served::registry(|asked| {
        let is_tested = asked.method == "PUT" && asked.target.contains("/manifests/");
        is_tested.then_some(crate::serving::Act::Hang)
    });
    let clean = serving(&Profile::clean());
    for (address, wanted) in [(hanging.address.clone(), 0), (clean.address.to_string(), 1)] {
        let mut script = Command::new("sh");
        let script = script.arg(folder.path().join("repro.sh")).arg(format!("http://{address}/a/b"));
        let output = script.env("REPRO_TIMEOUT", "3").output().unwrap();
        assert_eq!(output.status.code(), Some(wanted), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// A server that refuses annotations, asks for credentials, and repeats them in its answers.
#[test]
fn a_packet_has_no_credentials() {
    const PASSWORD: &str = "correct-horse-battery";
    // user:correct-horse-battery
    const BASIC: &str = "dXNlcjpjb3JyZWN0LWhvcnNlLWJhdHRlcnk=";
    let server = crate::serving::Served::registry(|asked| {
        if !asked.head.contains(BASIC) {
            return Some(crate::serving::answer(401, &[("WWW-Authenticate", "Basic realm=\"x\"")], ""));
        }
        let body = String::from_utf8_lossy(&asked.body).into_owned();
        let is_refused =
            asked.method == "PUT" && asked.target.contains("/manifests/") && body.contains("\"annotations\"");
        let text = format!(r#"{{"errors":[{{"code":"MANIFEST_INVALID","message":"{PASSWORD} {BASIC}"}}]}}"#);
        let headers = [("Content-Type", "application/json"), ("X-Echo", BASIC), ("Set-Cookie", BASIC)];
        is_refused.then(|| crate::serving::answer(400, &headers, text))
    });
    let folder = tempfile::tempdir().unwrap();
    let output = crate::command::manifuzz()
        .args(["repro", "annotations=one", "--out", "packets", "--target", &server.url()])
        .env("OCI_USERNAME", "user")
        .env("OCI_PASSWORD", PASSWORD)
        .current_dir(&folder)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let packets: Vec<_> = std::fs::read_dir(folder.path().join("packets")).unwrap().map(Result::unwrap).collect();
    assert!(!packets.is_empty());
    for packet in packets {
        for name in ["repro.sh", "traffic.har", "issue.md", "manifest.json"] {
            let text = std::fs::read_to_string(packet.path().join(name)).unwrap();
            assert!(!text.contains(PASSWORD) && !text.contains(BASIC), "{name}: {text}");
        }
        let har = std::fs::read_to_string(packet.path().join("traffic.har")).unwrap();
        let har: serde_json::Value = serde_json::from_str(&har).unwrap();
        let entries = har["log"]["entries"].as_array().unwrap();
        assert!(entries.iter().any(|entry| entry["response"]["status"] == 400), "{har}");
    }
}

/// A row can come from anywhere: whatever its cells hold, a packet made from it runs nothing of them.
#[test]
fn no_cell_of_a_row_is_run_by_its_script() {
    let quirk = quirks().find(|quirk| quirk.name == "refuses-annotations").unwrap();
    let record = records(quirk)[0].clone();
    let row = manifuzz::findings::Row::from(&record);
    let hostile = ["$(touch pwned)", "'; touch pwned #", "\n touch pwned\n", "`touch pwned`", "\"; touch pwned; \""];
    let expecting = "manifest-put wrong-code 400 X missing-content-is-named-by-its-code annotations";
    let mut made = 0;
    for column in manifuzz::findings::COLUMNS {
        for text in
            hostile.iter().flat_map(|text| [(*text).to_owned(), format!("reject(A|{text})"), format!("{{tag:{text}}}")])
        {
            let changed = manifuzz::findings::Row::of(|name| match name {
                _ if name == column => text.clone(),
                "key" => expecting.to_owned(),
                "class" => "wrong-code".to_owned(),
                "id" if column == "shape" => manifuzz::exchange::case_id(&text),
                _ => row.column(name).unwrap().to_owned(),
            });
            // What a corpus refuses to read needs no packet.
            let Ok(record) = Record::try_from(changed) else { continue };
            let body = b"{\"a\":1}".to_vec();
            let packets = [packet(&record, Traffic::None), packet_of_body(&record, body, Traffic::None)];
            for files in packets.into_iter().flatten() {
                made += 1;
                let folder = tempfile::tempdir().unwrap();
                write_files(folder.path(), files);
                let script = |arguments: &[&str]| {
                    let mut shell = Command::new("sh");
                    shell.args(arguments).current_dir(&folder).output().unwrap().status.code()
                };
                assert_eq!(script(&["-n", "repro.sh"]), Some(0), "{column}: {text}");
                // Without curl or a server, the script ends early; the checks at its end run on their own.
                script(&["repro.sh", "http://127.0.0.1:9/x"]);
                let text_of_script = std::fs::read_to_string(folder.path().join("repro.sh")).unwrap();
                let stubbed = text_of_script.replace("\nMANIFEST=", "\nask() { :; }\nunasked() { :; }\nok() { :; }\nrefused() { :; }\nhas_other_code() { :; }\nMANIFEST=");
                assert_ne!(stubbed, text_of_script);
                std::fs::write(folder.path().join("stubbed.sh"), stubbed).unwrap();
                script(&["stubbed.sh", "http://127.0.0.1:9/x"]);
                assert!(!folder.path().join("pwned").exists(), "{column}: {text}");
            }
        }
    }
    assert!(made > 200, "{made} packets");
}

#[test]
fn a_script_follows_redirects_of_reading_and_sends_no_credentials_along() {
    if !curl_is_installed() {
        return;
    }
    let is_of_blobs = |record: &Record| record.duty() == Some("blob-pull-answers-200");
    let record = quirks()
        .filter(|quirk| matches!(quirk.shows, Shows::Finding(_, "afterwards=get-blob")))
        .flat_map(records)
        .find(is_of_blobs);
    let record = record.expect("a quirk that shows it");
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &record);
    let other = crate::serving::Served::registry(|_| None);
    let elsewhere = other.address.clone();
    let redirecting = crate::serving::Served::registry(move |asked| {
        let is_blob = asked.method == "GET" && asked.target.contains("/blobs/sha256:");
        let to = format!("http://{elsewhere}{}", asked.target);
        is_blob.then(|| crate::serving::answer(307, &[("Location", &to)], ""))
    });
    // The blob is at the other server, too.
    let pushed = run("sh", folder.path(), &format!("http://{}/a/b", other.address));
    assert_eq!(pushed.0, Some(1), "{}", pushed.1);
    let before = other.asked().len();
    let mut script = Command::new("sh");
    let script = script.arg(folder.path().join("repro.sh")).arg(format!("http://{}/a/b", redirecting.address));
    let output = script.env("REPRO_CURL_OPTIONS", "--user name:secret").output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert_eq!(output.status.code(), Some(1), "{text}");
    let followed = other.asked().split_off(before);
    assert!(!followed.is_empty(), "{text}");
    assert!(followed.iter().all(|one| !one.head.to_ascii_lowercase().contains("authorization")), "{followed:?}");
    assert!(redirecting.asked().iter().any(|one| one.head.contains("Authorization: Basic")));
}

//! The whole pipeline against a real docker-registry on loopback.
//!
//! Needs `docker-registry` on the PATH (Debian's package); says so and passes where it is missing, unless
//! `MANIFUZZ_REQUIRE_SERVERS` is set.

use crate::command::{self, if_installed, stderr};
use crate::registry::opening;
use crate::serving::measuring;
use std::collections::BTreeSet;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use manifuzz::compare::Grade;
use manifuzz::engine::Prober;
use manifuzz::exchange::Depth;
use manifuzz::findings::{Corpus, Record, key};
use manifuzz::model::Versions;
use manifuzz::render::Case;
use manifuzz::shape::Shape;
use manifuzz::transport::open;

/// A registry that ends with the test.
pub(crate) struct Registry {
    process: Child,
    pub(crate) address: String,
    _folder: tempfile::TempDir,
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts a registry. Another process can take a port between its choice and its use, so it is tried again.
pub(crate) fn start() -> Option<Registry> {
    for _ in 0..5 {
        let mut registry = start_once()?;
        for _ in 0..100 {
            if registry.process.try_wait().unwrap().is_some() {
                break;
            }
            if TcpStream::connect(&registry.address).is_ok() {
                // A server that found its port taken ends a little later than the one that took it answers.
                std::thread::sleep(Duration::from_millis(300));
                if registry.process.try_wait().unwrap().is_none() {
                    return Some(registry);
                }
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    panic!("docker-registry does not listen");
}

fn start_once() -> Option<Registry> {
    let folder = tempfile::tempdir().unwrap();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let config = folder.path().join("config.yml");
    let data = folder.path().join("data");
    let text = format!(
        "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {}}}, delete: {{enabled: true}}}}\nhttp: {{addr: \"{address}\"}}\n",
        data.display()
    );
    std::fs::write(&config, text).unwrap();
    let mut command = Command::new("docker-registry");
    let command = command.arg("serve").arg(&config).stdout(Stdio::null()).stderr(Stdio::null());
    let process = if_installed("docker-registry", command.spawn())?;
    Some(Registry { process, address, _folder: folder })
}

fn run(registry: &Registry, corpus: &Path, more: &[&str]) -> Output {
    command::manifuzz()
        .arg("run")
        .arg(format!("http://{}/some/repo", registry.address))
        .args(["--name", "docker-registry", "--seed", "7", "--format", "json", "--corpus"])
        .arg(corpus)
        .args(more)
        .output()
        .unwrap()
}

/// What a row says, without what differs between runs by design; of what the order of a directory decides, only that
/// it is there: which case shows it, and how, differs from run to run.
fn said(records: &[&Record]) -> (Vec<Record>, BTreeSet<String>) {
    let of_order = [Some("tag-list-is-in-order"), Some("tag-list-begins-after-last")];
    let (ordered, rest): (Vec<&Record>, _) = records.iter().partition(|record| of_order.contains(&record.duty()));
    // One timeout on a busy machine makes a run repeat its later findings more often.
    let cleared = |record: &Record| Record {
        probes: None,
        reproduced: None,
        first_seen: None,
        last_seen: None,
        ..record.clone()
    };
    (rest.into_iter().map(cleared).collect(), ordered.into_iter().map(|record| record.key.clone()).collect())
}

/// The slots of the refusals that are expected below, without the many requests of `afterwards`.
const FILTER: &str = "schemaVersion,layers,layers.0.urls,config.digest,reference";

#[test]
fn a_filtered_run_finds_where_a_real_registry_departs_from_the_specification() {
    finds_departures(&["--filter", FILTER, "--cases", "100"], &[]);
}

#[test]
#[ignore = "slow: two runs of 700 cases over HTTP"]
fn finds_by_itself_where_a_real_registry_departs_from_the_specification() {
    finds_departures(
        &["--cases", "700"],
        // Its tag list ignores `n`, has the order of a directory, and is 404 where all manifests were pushed by digest.
        // It reads a blob that is asked for as a manifest, and fails.
        &[
            "tag-list-has-n-tags",
            "tag-list-is-in-order",
            "tag-list-of-none-is-empty",
            "tag-list-answers-200",
            "missing-manifest-answers-404",
        ],
    );
}

/// The rules of `lists` must be broken.
fn finds_departures(options: &[&str], lists: &[&str]) {
    let Some(registry) = start() else { return };
    let _measuring = measuring();
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("1.csv"), folder.path().join("2.csv"));
    let output = run(&registry, &first, options);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let corpus = Corpus::read_only(&first).unwrap();
    let rows = corpus.records();
    let row =
        |shape: &str, class: &str| rows.iter().find(|row| row.shape.as_str() == shape && row.class.as_str() == class);
    for (shape, pointer) in [
        ("reference=short-digest", "reference"),
        ("schemaVersion=absent", "/schemaVersion"),
        ("layers.0.urls=one", "/layers/0/urls"),
        ("config.digest=short", "/config/digest"),
    ] {
        let row = row(shape, "server-error").unwrap_or_else(|| panic!("{shape} is not among the rows"));
        assert_eq!((row.status, row.pointer.as_str()), (Some(500), pointer));
        assert!(row.reproduced >= Some(3), "{:?}", row.reproduced);
        assert!(row.witness.contains("\"shape\":\"base\""), "{}", row.witness);
    }
    let violations: Vec<_> =
        rows.iter().filter(|row| row.grade == Grade::Violation).map(|row| row.rules.join(" ")).collect();
    assert!(
        violations.iter().all(|rule| rule == "error-code-is-specified" || lists.contains(&rule.as_str())),
        "2.8 breaks no other MUST: {violations:?}"
    );
    assert!(lists.iter().all(|rule| violations.iter().any(|broken| broken == rule)), "{violations:?}");
    assert!(row("layers=empty", "ambiguous").is_some_and(|row| row.also.to_string().contains("layers=absent")));

    are_1_minimal(&registry, &rows);
    let explained = |row: &&&Record| row.grade == Grade::Note || !row.extent.is_empty();
    assert!(rows.iter().filter(explained).count() * 10 >= rows.len() * 9, "nearly all say how far they go");

    let output = run(&registry, &second, &[options, &["--jobs", "3"]].concat());
    assert_eq!(output.status.code(), Some(1));
    let again = Corpus::read_only(&second).unwrap();
    let ((said, ordered), (said_again, ordered_again)) = (said(&rows), said(&again.records()));
    let differing: Vec<_> =
        said.iter().zip(&said_again).filter(|(a, b)| a != b).map(|(a, b)| (a.key.clone(), b.key.clone())).collect();
    assert!(said == said_again, "the same repository a second time: {differing:?}");
    assert_eq!(ordered, ordered_again, "the same repository a second time");
}

/// No candidate of a smallest case shows its symptom: all of them are fired.
fn are_1_minimal(registry: &Registry, rows: &[&Record]) {
    let url = format!("http://{}/minimal/repo", registry.address);
    let target = open(&url, &opening()).unwrap();
    let prober = Prober::new(target.as_ref(), Versions::V1_1, Depth::Full).unwrap();
    let mut smallest = 0;
    for row in rows.iter().filter(|row| row.grade > Grade::Note && row.spec == Versions::V1_1.name) {
        let shape: Shape = row.shape.as_str().parse().unwrap();
        let outcome = prober.fire(&Case::of(shape.clone()), prober.usual());
        let mut symptoms = outcome.findings().iter().map(|finding| finding.symptom.clone());
        // What every answer shows is reported on a case that it does not depend on.
        let Some(symptom) = symptoms.find(|symptom| key(symptom, &shape) == row.key.as_str()) else { continue };
        smallest += 1;
        for candidate in shape.simpler() {
            let outcome = prober.fire(&Case::of(candidate.clone()), prober.options(&symptom));
            assert!(outcome.finding(&symptom).is_none(), "{candidate} shows {symptom}, too, not only {shape}");
        }
    }
    assert!(smallest >= 4, "{smallest}");
}

#[test]
fn shrinks_to_the_two_deviations_that_break_a_must() {
    let Some(registry) = start() else { return };
    let output = command::manifuzz()
        .args(["shrink", "facts.config=missing;layers.0.urls=one;subject=present;text.space=indented", "--target"])
        .arg(format!("http://{}/some/repo", registry.address))
        .args(["--format", "json"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let lines = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let row = rows.iter().find(|row| row["grade"] == "violation").unwrap_or_else(|| panic!("no violation in {lines}"));
    assert_eq!(row["shape"], "facts.config=missing;layers.0.urls=one");
    assert_eq!((&row["status"], &row["rules"]), (&"400".into(), &"error-code-is-specified".into()));
}

/// The embedded profile is held to the real registry, flavour by flavour.
#[test]
fn answers_every_flavour_as_its_profile_does() {
    let Some(registry) = start() else { return };
    let output = command::manifuzz()
        .args(["matrix", "embedded:distribution", "--flavours", "all", "--format", "csv"])
        .arg(format!("http://{}/some/repo", registry.address))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let (embedded, real): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row[0] == *"embedded:distribution");
    assert!(real.len() > 30 && embedded.len() == real.len());
    // The profile takes a missing layer with `urls`, where this version answers 500.
    let same = |(_, real): &(&csv::StringRecord, &csv::StringRecord)| real[1] != *"layer-elsewhere";
    for (embedded, real) in embedded.into_iter().zip(real).filter(same) {
        // The first of its errors for a manifest without config has another code since the table of 2023.
        let columns = if real[1] == *"no-config" { 1..5 } else { 1..6 };
        for column in columns {
            assert_eq!(embedded[column], real[column], "{embedded:?} {real:?}");
        }
    }
}

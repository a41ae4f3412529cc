//! The model beside image-spec's JSON Schema and the crate `oci-spec`, over every document with one deviation; with
//! two in a run of its own, since that takes minutes.

use std::path::{Path, PathBuf};

use manifuzz::consumers::{Reader, Schema, Table, documents};
use manifuzz::shape::{Kind, Shape};

fn schema() -> Option<Schema> {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/specs/image-spec-v1.1.1/schema");
    if folder.is_dir() {
        return Some(Schema::open(&folder).unwrap());
    }
    println!("skipped: there is no schema at {}", folder.display());
    None
}

fn explained_with(deviations: usize, least: usize) {
    let Some(schema) = schema() else { return };
    let explained = Table::own().unwrap().explain(&schema, documents(deviations));
    let left: Vec<_> = explained.left.iter().map(ToString::to_string).collect();
    assert!(left.is_empty(), "no row explains {} of them: {:#?}", left.len(), &left[..left.len().min(20)]);
    assert!(explained.stale.is_empty(), "{:?} explain nothing", explained.stale);
    assert!(explained.documents > least && explained.explained > 100, "{explained:?}");
}

#[test]
fn every_disagreement_over_one_deviation_has_a_reason() {
    explained_with(1, 1000);
}

#[test]
#[ignore = "slow: 200 000 documents"]
fn every_disagreement_over_two_deviations_has_a_reason() {
    explained_with(2, 200_000);
}

#[test]
fn stale_and_missing_rows_are_detected() {
    let Some(schema) = schema() else { return };
    let table = include_str!("../../corpus/disagreements.csv");
    let stale = format!("{table}json-schema,refuses,annotations=one,for no reason\n");
    let explained = Table::read(&stale).unwrap().explain(&schema, documents(1));
    assert_eq!(explained.stale, ["json-schema,refuses,annotations=one"]);
    let shorter: Vec<_> = table.lines().filter(|line| !line.contains(",*.data=wrong,")).collect();
    let explained = Table::read(&shorter.join("\n")).unwrap().explain(&schema, documents(1));
    assert_eq!(explained.left.len(), 14, "both readers at seven places");
    assert!(Table::read("reader,does,shape,reason\nsomebody,takes,base,why\n").is_err());
}

/// The readers are what they claim to be: neither takes nor refuses everything.
#[test]
fn readers_accept_the_base_and_refuse_known_defects() {
    let Some(schema) = schema() else { return };
    let body = |shape: &str| manifuzz::render::render(&shape.parse::<Shape>().unwrap()).tested.body;
    for reader in Reader::ALL {
        assert_eq!(reader.takes(&schema, Kind::Image, &body("base")), Some(true), "{reader:?}");
        assert_eq!(reader.takes(&schema, Kind::Index, &body("kind=index")), Some(true), "{reader:?}");
        assert_eq!(reader.takes(&schema, Kind::Image, &body("config=absent")), Some(false), "{reader:?}");
        assert_eq!(reader.takes(&schema, Kind::DockerImage, &body("kind=docker-image")), None, "{reader:?}");
    }
}

//! The flavours: those of the seed are the documents of the table that this project began with.

use std::path::Path;

use manifuzz::generate::flavours;
use manifuzz::render::render;
use serde_json::Value;

#[test]
fn every_row_of_the_file_is_a_flavour_with_a_unique_name() {
    let rows = include_str!("../../corpus/flavours.csv").lines().count() - 1;
    assert_eq!(flavours().len(), rows, "a row that holds no shape");
    let names: std::collections::HashSet<_> = flavours().iter().map(|flavour| &flavour.name).collect();
    assert_eq!(names.len(), rows);
    for flavour in flavours() {
        assert!(
            include_str!("../../corpus/flavours.csv").contains(&format!(",{},", flavour.shape)),
            "{}",
            flavour.name
        );
    }
}

/// What depends on the bytes that the flavour's descriptors point at, which are ours.
fn without_own_content(mut document: Value) -> Value {
    for pointer in ["/subject", "/layers/0"] {
        let descriptor = document.pointer_mut(pointer).and_then(Value::as_object_mut);
        if let Some(descriptor) = descriptor.filter(|d| pointer == "/subject" || d["mediaType"] == "image/gif") {
            descriptor.remove("digest");
            descriptor.remove("size");
        }
    }
    document
}

#[test]
fn the_flavours_of_the_seed_render_to_its_manifests() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seed/manifests");
    if !folder.is_dir() {
        println!("skipped: there are no manifests at {}", folder.display());
        return;
    }
    let seed: Vec<_> = flavours().iter().filter(|flavour| flavour.set == "seed").collect();
    assert_eq!(seed.len(), 7);
    for flavour in seed {
        let file = std::fs::read(folder.join(format!("{}.json", flavour.name))).unwrap();
        let theirs: Value = serde_json::from_slice(&file).unwrap();
        let ours: Value = serde_json::from_slice(&render(&flavour.shape).tested.body).unwrap();
        assert_eq!(without_own_content(ours), without_own_content(theirs), "{}", flavour.name);
    }
}

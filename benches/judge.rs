//! Judging a manifest, reading it included, beside what serde_json needs to parse the same bytes, the crate jsonschema
//! to validate them, the crate oci-spec to parse them, and SHA-256 to hash them.
//!
//! `cargo bench --bench judge`. The JSON Schema is read from the folder that MANIFUZZ_SCHEMA names, else from
//! ../shared/specs; without it, that row is missing.

use std::path::PathBuf;

use divan::{AllocProfiler, Bencher, black_box};
use manifuzz::consumers::Schema;
use manifuzz::exchange::{Exchange, Facts, sha256};
use manifuzz::generate::flavours;
use manifuzz::json::read;
use manifuzz::model::{Party, Versions, judge};
use manifuzz::render::render;
use manifuzz::shape::{Kind, Shape};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// The flavours of the seed, and a manifest of 100 layers.
fn exchanges() -> Vec<Exchange> {
    let hundred = "layers=count(100)".parse::<Shape>().unwrap_or_default();
    flavours().iter().filter(|flavour| flavour.set == "seed").map(|f| &f.shape).chain([&hundred]).map(render).collect()
}

#[divan::bench(sample_size = 50)]
fn judged(bencher: Bencher<'_, '_>) {
    let exchanges: Vec<_> = exchanges().into_iter().map(|exchange| (Facts::as_meant(&exchange), exchange)).collect();
    bencher.bench_local(|| {
        for (facts, exchange) in &exchanges {
            black_box(judge(exchange, facts, Party::Registry, Versions::V1_1));
        }
    });
}

#[divan::bench(sample_size = 50)]
fn read_into_the_arena(bencher: Bencher<'_, '_>) {
    let exchanges = exchanges();
    bencher.bench_local(|| exchanges.iter().filter(|exchange| read(&exchange.tested.body).is_ok()).count());
}

#[divan::bench(sample_size = 50)]
fn parsed_by_serde_json(bencher: Bencher<'_, '_>) {
    let exchanges = exchanges();
    bencher.bench_local(|| {
        for exchange in &exchanges {
            black_box(serde_json::from_slice::<serde_json::Value>(&exchange.tested.body).is_ok());
        }
    });
}

/// Parsed and validated, yes or no; nothing where there is no schema.
#[divan::bench(sample_size = 50)]
fn parsed_and_validated_by_jsonschema(bencher: Bencher<'_, '_>) {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/specs/image-spec-v1.1.1/schema"));
    let folder = std::env::var_os("MANIFUZZ_SCHEMA").map_or_else(beside, PathBuf::from);
    let Ok(schema) = Schema::open(&folder) else {
        return println!("skipped: there is no JSON Schema in {}", folder.display());
    };
    let exchanges = exchanges();
    bencher.bench_local(|| exchanges.iter().filter(|e| schema.is_valid(Kind::Image, &e.tested.body)).count());
}

#[divan::bench(sample_size = 50)]
fn parsed_by_oci_spec(bencher: Bencher<'_, '_>) {
    let exchanges = exchanges();
    bencher.bench_local(|| {
        exchanges.iter().filter(|e| oci_spec::image::ImageManifest::from_reader(&e.tested.body[..]).is_ok()).count()
    });
}

#[divan::bench(sample_size = 50)]
fn hashed(bencher: Bencher<'_, '_>) {
    let exchanges = exchanges();
    bencher.bench_local(|| exchanges.iter().map(|exchange| sha256(&exchange.tested.body).len()).sum::<usize>());
}

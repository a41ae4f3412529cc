//! Judging a manifest (including parsing), compared with parsing it with serde_json or oci-spec, validating it with
//! jsonschema, and hashing it with SHA-256.
//!
//! `cargo bench --bench judge`. Reads the JSON Schema from the directory in `MANIFUZZ_SCHEMA`, by default
//! `../shared/specs/image-spec-v1.1.1/schema`; skips that row if there is none.

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

/// The seed flavours and a manifest with 100 layers.
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
fn parsed_into_the_arena(bencher: Bencher<'_, '_>) {
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

/// Parses and validates, without collecting errors. Skipped without a schema.
#[divan::bench(sample_size = 50)]
fn parsed_and_validated_by_jsonschema(bencher: Bencher<'_, '_>) {
    let default = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/specs/image-spec-v1.1.1/schema"));
    let directory = std::env::var_os("MANIFUZZ_SCHEMA").map_or_else(default, PathBuf::from);
    let Ok(schema) = Schema::open(&directory) else {
        return println!("skipped: no JSON Schema in {}", directory.display());
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

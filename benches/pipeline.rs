//! Throughput of drawing, rendering and judging, without an allocation profiler: the mean over large samples, which
//! includes rare huge cases.
//!
//! `cargo bench --bench pipeline`

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use manifuzz::exchange::Facts;
use manifuzz::generate::{Preset, draw_nth, exhaustive};
use manifuzz::model::{Party, Versions, judge};
use manifuzz::render::render;
use manifuzz::shape::Shape;
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() {
    divan::main();
}

/// Renders and judges one case per iteration. Drops each judgement immediately, as a run does: keeping 20,000 of them
/// until the end of a sample would measure memory that a run never uses.
fn each(bencher: Bencher<'_, '_>, mut next: impl FnMut() -> Shape) {
    bencher.counter(ItemsCount::new(1usize)).bench_local(|| {
        let exchange = render(&next());
        drop(black_box(judge(&exchange, &Facts::as_meant(&exchange), Party::Registry, Versions::V1_1)));
    });
}

#[divan::bench(args = [Preset::MostlyValid, Preset::Valid], sample_count = 10, sample_size = 20_000)]
fn preset(bencher: Bencher<'_, '_>, preset: Preset) {
    let mut i = 0;
    each(bencher, || {
        i += 1;
        draw_nth(1, preset, i)
    });
}

/// In enumeration order.
#[divan::bench(sample_count = 10, sample_size = 20_000)]
fn exhaustive_two_deviations(bencher: Bencher<'_, '_>) {
    let mut all = exhaustive(2).filter(|shape| !shape.is_large());
    each(bencher, || all.next().unwrap_or_default());
}

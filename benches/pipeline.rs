//! Shapes drawn, rendered and judged, without a profiler of allocations: the mean over whole samples, rare huge cases
//! included.
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

/// Takes shapes through rendering and judging, a case an iteration. A judgement goes at once, as it does in a run: twenty
/// thousand that are kept until a sample's end take memory that no run takes.
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

/// In the order in which a bound hands them out.
#[divan::bench(sample_count = 10, sample_size = 20_000)]
fn exhaustive_two_deviations(bencher: Bencher<'_, '_>) {
    let mut all = exhaustive(2).filter(|shape| !shape.is_large());
    each(bencher, || all.next().unwrap_or_default());
}

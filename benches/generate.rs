//! Throughput and allocations of drawing and rendering shapes, per driver.
//!
//! `cargo bench --bench generate --features arbitrary`

use arbitrary::{Arbitrary as _, Unstructured};
use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher, black_box};
use manifuzz::exchange::Facts;
use manifuzz::generate::{Preset, Seeded, cover, draw_nth, exhaustive, mutate, shapes};
use manifuzz::model::{Party, Versions, judge};
use manifuzz::render::render;
use manifuzz::shape::Shape;
use mimalloc::MiMalloc;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

#[global_allocator]
static ALLOCATIONS: AllocProfiler<MiMalloc> = AllocProfiler::new(MiMalloc);

fn main() {
    divan::main();
}

/// Draws and renders one case per iteration.
fn each(bencher: Bencher<'_, '_>, mut next: impl FnMut() -> Shape) {
    bencher.counter(ItemsCount::new(1usize)).bench_local(|| black_box(render(&next())));
}

#[divan::bench(args = Preset::ALL, sample_size = 200)]
fn preset(bencher: Bencher<'_, '_>, preset: Preset) {
    let mut i = 0;
    each(bencher, || {
        i += 1;
        draw_nth(1, preset, i)
    });
}

#[divan::bench(sample_size = 200)]
fn proptest_strategy(bencher: Bencher<'_, '_>) {
    let mut runner = TestRunner::deterministic();
    let strategy = shapes(Preset::MostlyValid);
    each(bencher, || strategy.new_tree(&mut runner).map_or_else(|_| Shape::base(), |tree| tree.current()));
}

#[divan::bench(sample_size = 200)]
fn arbitrary(bencher: Bencher<'_, '_>) {
    let mut bytes = vec![0u8; 600];
    let mut i = 0u64;
    each(bencher, || {
        i += 1;
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = (i.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(at as u32 % 64) >> 13) as u8;
        }
        Shape::arbitrary(&mut Unstructured::new(&bytes)).unwrap_or_default()
    });
}

#[divan::bench(sample_size = 200)]
fn mutator(bencher: Bencher<'_, '_>) {
    let mut choices = Seeded::new(&["bench"]);
    let mut shape = Shape::base();
    each(bencher, || {
        shape = mutate(&shape, &mut choices);
        shape.clone()
    });
}

#[divan::bench(sample_size = 200)]
fn exhaustive_two_deviations(bencher: Bencher<'_, '_>) {
    let mut all = exhaustive(2).filter(|shape| !shape.is_large());
    each(bencher, || all.next().unwrap_or_default());
}

#[divan::bench(sample_size = 200)]
fn covering_array_rows(bencher: Bencher<'_, '_>) {
    let cover = cover(2, "layers.0.*,config.*,subject".parse().ok().as_ref());
    let mut rows = cover.valid.iter().chain(&cover.invalid).cycle();
    each(bencher, || rows.next().cloned().unwrap_or_default());
}

#[divan::bench(sample_size = 200)]
fn drawn_rendered_and_judged(bencher: Bencher<'_, '_>) {
    let mut i = 0;
    bencher.counter(ItemsCount::new(1usize)).bench_local(|| {
        i += 1;
        let exchange = render(&draw_nth(1, Preset::MostlyValid, i));
        black_box(judge(&exchange, &Facts::as_meant(&exchange), Party::Registry, Versions::V1_1))
    });
}

/// As above, for shapes with two deviations sampled from the whole space.
#[divan::bench(sample_size = 200)]
fn two_deviations_spread_rendered_and_judged(bencher: Bencher<'_, '_>) {
    let mut all = exhaustive(2).filter(|shape| !shape.is_large()).step_by(41);
    bencher.counter(ItemsCount::new(1usize)).with_inputs(|| all.next().unwrap_or_default()).bench_local_values(
        |shape| {
            let exchange = render(&shape);
            black_box(judge(&exchange, &Facts::as_meant(&exchange), Party::Registry, Versions::V1_1))
        },
    );
}

/// As above, for shapes with two deviations in enumeration order.
#[divan::bench(sample_size = 200)]
fn two_deviations_generated_rendered_and_judged(bencher: Bencher<'_, '_>) {
    let mut all = exhaustive(2).filter(|shape| !shape.is_large());
    bencher.counter(ItemsCount::new(1usize)).bench_local(|| {
        let exchange = render(&all.next().unwrap_or_default());
        black_box(judge(&exchange, &Facts::as_meant(&exchange), Party::Registry, Versions::V1_1))
    });
}

/// Builds the strength-2 covering array of the whole space.
#[divan::bench(sample_count = 1, sample_size = 1)]
fn covering_array_of_the_space() -> usize {
    cover(2, None).invalid.len()
}

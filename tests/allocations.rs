//! Budgets in allocations, counted by an allocator that a program has only once: the cost of judging does not grow with
//! the number of rules, and padding is held in memory once.

use manifuzz::exchange::Facts;
use manifuzz::model::{Party, Versions, judge, rules};
use manifuzz::render::render;
use manifuzz::shape::Shape;

fn allocations(shape: &str) -> u64 {
    let exchange = render(&shape.parse::<Shape>().unwrap());
    let facts = Facts::as_meant(&exchange);
    let judged = || drop(judge(&exchange, &facts, Party::Registry, Versions::V1_1));
    // The first one of all fills what is worked out once.
    judged();
    allocation_counter::measure(judged).count_total
}

#[test]
fn judging_a_valid_document_allocates_at_most_ten_times() {
    assert!(rules().count() > 100);
    for shape in ["base", "kind=index", "subject=present", "annotations=one", "config.mediaType=unknown"] {
        let count = allocations(shape);
        assert!(count <= 10, "{shape}: {count} allocations");
    }
    // The arena, the descriptors and the map of what they point at grow with the document, doubling each time.
    let (few, many) = (allocations("layers=count(40)"), allocations("layers=count(1024)"));
    assert!(many <= few + 16, "{few} allocations for 40 layers, {many} for 1024");
}

#[test]
fn padding_is_exact_and_held_in_memory_once() {
    // The first one fills what is computed once a process.
    render(&Shape::base());
    for (text, size) in [
        ("text.padding=pad(4096)", 4096),
        ("text.padding=inside(65537)", 65_537),
        ("kind=index;text.padding=beyond(8388608)", 8 << 20),
        ("text.padding=beyond(67108864)", 64 << 20),
    ] {
        let mut exchange = None;
        let used = allocation_counter::measure(|| exchange = Some(render(&text.parse().unwrap())));
        let exchange = exchange.unwrap();
        assert_eq!(exchange.tested.body.len(), size, "{text}");
        assert!(used.bytes_max < size as u64 + (1 << 18), "{text} takes {} bytes", used.bytes_max);
        let facts = Facts::as_meant(&exchange);
        let used = allocation_counter::measure(|| {
            judge(&exchange, &facts, Party::Registry, Versions::V1_1);
        });
        // The reader's arena grows with the document, not with the white space in it.
        assert!(used.bytes_max < size as u64 + (1 << 20), "judging {text} takes {} bytes", used.bytes_max);
    }
}

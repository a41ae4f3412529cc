//! Budgets in allocations: what judging costs does not grow with the number of rules.

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
fn judging_a_valid_document_allocates_a_handful_of_times_whatever_the_rules() {
    assert!(rules().count() > 100);
    for shape in ["base", "kind=index", "subject=present", "annotations=one", "config.mediaType=unknown"] {
        let count = allocations(shape);
        assert!(count <= 10, "{shape}: {count} allocations");
    }
    // The arena, the descriptors and the map of what they point at grow with the document, doubling each time.
    let (few, many) = (allocations("layers=count(40)"), allocations("layers=count(1024)"));
    assert!(many <= few + 16, "{few} allocations for 40 layers, {many} for 1024");
}

//! `--dry-run`: how many cases and requests a run is, and how long it takes at the target's rate.

use std::collections::HashSet;
use std::time::Duration;

use crate::cli::tell;
use crate::engine::Plan;
use crate::exchange::Depth;
use crate::render::render;
use crate::transport::Target;

/// Says what the run would be for each target, and sends nothing.
pub(super) fn dry_run(plan: &Plan, targets: &[Box<dyn Target>]) -> u8 {
    let shapes: Vec<_> = plan.order.cases().collect();
    // HEAD and GET by tag, digest and Location, and the tag list; by tag and digest alone.
    let reading = match plan.depth {
        Depth::Put => 0,
        Depth::Get => 2,
        Depth::Full => 6,
    };
    let mut pushed = HashSet::new();
    let mut requests = 0;
    for shape in &shapes {
        let exchange = render(shape);
        let uploads = exchange.needs.iter().filter(|need| pushed.insert(need.digest.clone())).count() * 2;
        // A question, what belongs to it, and what its own repository has to be given first.
        let asking = exchange.afterwards.map_or(0, |ask| if ask.changes() { 8 + 2 * exchange.needs.len() } else { 1 });
        requests += 1 + reading + usize::from(exchange.subject.is_some()) + uploads + asking;
    }
    for target in targets {
        let time = match target.rate() {
            Some(rate) => {
                let seconds = (requests as f64 / rate).ceil();
                format!("{} at {rate} requests a second", said(Duration::from_secs_f64(seconds)))
            }
            None => "as fast as it answers".to_owned(),
        };
        let (name, cases) = (target.name(), shapes.len());
        tell(format_args!(
            "{name}: {cases} cases, about {requests} requests without those of shrinking, {time}; nothing was sent"
        ));
    }
    0
}

/// A time in hours, minutes and seconds.
fn said(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

//! `--dry-run`: the number of cases and requests of a run, and its time at the target's rate.

use std::collections::HashSet;
use std::time::Duration;

use crate::cli::tell;
use crate::engine::Plan;
use crate::exchange::Depth;
use crate::render::render;
use crate::transport::Target;

/// Prints the estimate for each target, and sends nothing. Returns the exit code.
pub(super) fn dry_run(plan: &Plan, targets: &[Box<dyn Target>]) -> u8 {
    let shapes: Vec<_> = plan.order.cases().collect();
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
        // A question that changes something needs its own repository, with the blobs pushed to it first.
        let asking = exchange.afterwards.map_or(0, |ask| if ask.changes() { 8 + 2 * exchange.needs.len() } else { 1 });
        requests += 1 + reading + usize::from(exchange.subject.is_some()) + uploads + asking;
    }
    for target in targets {
        let time = match target.rate() {
            Some(rate) => {
                let seconds = (requests as f64 / rate).ceil();
                format!("{} at {rate} requests per second", readable(Duration::from_secs_f64(seconds)))
            }
            None => "no rate limit".to_owned(),
        };
        let (name, cases) = (target.name(), shapes.len());
        tell(format_args!(
            "{name}: {cases} cases, about {requests} requests plus those for shrinking, {time}; nothing sent"
        ));
    }
    0
}

/// A time in hours, minutes and seconds.
fn readable(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

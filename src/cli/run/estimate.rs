//! `--dry-run`: the number of cases, requests and bytes of a run, and its time at the target's rate.

use std::collections::HashSet;
use std::time::Duration;

use super::side_by_side::OpenTarget;
use crate::cli::tell;
use crate::engine::{Plan, Scheduled, sampled_share};
use crate::exchange::{Question, Questions};
use crate::generate::covering_array::never;
use crate::render::render;

/// The cases, requests and bytes of a plan, without those for confirming and shrinking findings.
#[derive(Default)]
struct Estimate {
    cases: usize,
    requests: f64,
    bytes: usize,
}

impl Estimate {
    fn of(plan: &Plan) -> Self {
        let questions = Questions::from(plan.depth);
        // HEAD and GET by tag and digest; a Location is usually one of these; the tag list.
        let reading = [(Question::Head, 2), (Question::Get, 2), (Question::Tags, 1)];
        let reading = reading.iter().filter(|(question, _)| questions.has(*question)).map(|(_, count)| *count);
        let reading = f64::from(reading.sum::<u32>());
        let (mut all, mut pushed) = (Self::default(), HashSet::new());
        let cases: Vec<Scheduled> = plan.order.cases_until(&never).collect();
        // If the size of a run is not known before its covering array is built, all cases are asked everything, as in a shard.
        let is_sampled = plan.order.cover.is_none() && plan.order.shard.is_none();
        let drawn = cases.iter().filter(|case| case.is_drawn && is_sampled).count();
        let sampled = if drawn == 0 { 1.0 } else { sampled_share(drawn) };
        for Scheduled { shape, is_drawn } in cases {
            let share = if is_drawn { sampled } else { 1.0 };
            let exchange = render(&shape);
            let new = exchange.needs.iter().filter(|need| pushed.insert(need.digest.clone()));
            let (uploads, bytes) = new.fold((0, 0), |(count, bytes), need| (count + 2, bytes + need.length));
            // A question that changes something needs its own repository, with the blobs pushed to it first.
            let asked = exchange.afterwards.filter(|_| questions.has(Question::Afterwards));
            let asking = asked.map_or(0, |ask| if ask.changes() { 8 + 2 * exchange.needs.len() } else { 1 });
            let referrers = f64::from(u8::from(exchange.subject.is_some() && questions.has(Question::Referrers)));
            all.cases += 1;
            all.requests += share * (reading + referrers) + (1 + uploads + asking) as f64;
            all.bytes += exchange.tested.body.len() + bytes;
        }
        all
    }
}

/// Prints the estimate for each target, and sends nothing. Returns the exit code.
pub(super) fn dry_run(plan: &Plan, targets: &[OpenTarget]) -> u8 {
    let Estimate { cases, requests, bytes } = Estimate::of(plan);
    for OpenTarget { target, .. } in targets {
        let time = match target.rate() {
            Some(rate) => {
                let seconds = (requests / rate).ceil();
                format!("{} at {rate} requests per second", readable(Duration::from_secs_f64(seconds)))
            }
            None => "no rate limit".to_owned(),
        };
        let (name, megabytes) = (target.name(), bytes as f64 / 1e6);
        let limit = plan.requests.map_or(String::new(), |most| format!(", at most about {most}"));
        tell(format_args!(
            "{name}: {cases} cases, about {requests:.0} requests plus those for shrinking{limit}, {megabytes:.1} MB, {time}; \
             nothing sent"
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

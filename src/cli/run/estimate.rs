//! What a run will send: the number of cases, requests and bytes, and how long that takes. Said before the first write, and by
//! `--dry-run`.

use std::collections::HashSet;
use std::time::Duration;

use super::side_by_side::OpenTarget;
use crate::cli::tell;
use crate::engine::{Plan, Schedule, Scheduled, sampled_share};
use crate::exchange::{Ask, Budget, Question, Questions, pushed};
use crate::generate::Tested;
use crate::generate::covering_array::never;
use crate::render::render;

/// The cases, requests and bytes of a plan, without those for confirming and shrinking findings.
#[derive(Default)]
struct Estimate {
    cases: usize,
    requests: f64,
    bytes: usize,
    /// Blobs and manifests.
    objects: usize,
}

impl Estimate {
    fn of(plan: &Plan) -> Self {
        let questions = Questions::from(plan.depth);
        // HEAD and GET by tag and digest; a Location is usually one of these; the tag list.
        let reading = [(Question::Head, 2), (Question::Get, 2), (Question::Tags, 1)];
        let reading = reading.iter().filter(|(question, _)| questions.has(*question)).map(|(_, count)| *count);
        let reading = f64::from(reading.sum::<u32>());
        let (mut all, mut known) = (Self::default(), HashSet::new());
        let cases: Vec<Scheduled> = plan.order.cases_until(&never).collect();
        // If the size of a run is not known before its covering array is built, all cases are asked everything, as in a shard.
        let is_sampled = plan.order.cover.is_none() && plan.order.shard.is_none();
        let drawn = cases.iter().filter(|case| case.is_drawn && is_sampled).count();
        let sampled = if drawn == 0 { 1.0 } else { sampled_share(drawn) };
        for Scheduled { shape, is_drawn } in cases {
            let share = if is_drawn { sampled } else { 1.0 };
            let exchange = render(&shape);
            let new = exchange.needs.iter().filter(|need| known.insert(need.digest.clone()));
            let (new, bytes) = new.fold((0, 0), |(count, bytes), need| (count + 1, bytes + need.length));
            let uploads = 2 * new;
            // A question that changes something needs its own repository, with the blobs pushed to it first.
            let asked = exchange.afterwards.filter(|_| questions.has(Question::Afterwards));
            let again = asked.filter(|ask| ask.changes()).map_or(0, |_| 2 * exchange.needs.len());
            let asking = again
                + asked.map_or(0, |ask| match ask {
                    Ask::Script(script) => script.requests(&pushed(&exchange, None)).len(),
                    ask if ask.changes() => 8,
                    _ => 1,
                });
            let referrers = f64::from(u8::from(exchange.subject.is_some() && questions.has(Question::Referrers)));
            all.cases += 1;
            all.requests += match &exchange.upload {
                Some(script) => (uploads + script.len()) as f64,
                None => share * (reading + referrers) + (1 + uploads + asking) as f64,
            };
            all.bytes += exchange.tested.body.len() + bytes;
            all.objects += 1 + new;
        }
        all
    }
}

/// Says for each target what the run will send, and how long that takes. Sends nothing. A covering array is counted only for
/// `--dry-run`, because building it can take minutes.
pub(super) fn announce(
    plan: &Plan,
    targets: &[OpenTarget],
    limit: Option<Duration>,
    jobs: Option<usize>,
    is_dry: bool,
) {
    let has_array = plan.order.cover.is_some() && !is_dry;
    let estimate_for = |tested| {
        let order = Schedule { tested, ..plan.order.clone() };
        let order = if has_array {
            let fixed = order.fixed().count();
            let count = order.count.map_or(fixed, |count| count.min(fixed));
            Schedule { cover: None, count: Some(count), ..order }
        } else {
            order
        };
        Estimate::of(&Plan { order, ..plan.clone() })
    };
    let mut estimates: Vec<(Tested, Estimate)> = Vec::new();
    let array = if has_array { " before those of the covering array" } else { "" };
    for open in targets {
        if estimates.iter().all(|(tested, _)| *tested != open.tested) {
            estimates.push((open.tested, estimate_for(open.tested)));
        }
        let Some((_, estimate)) = estimates.iter().find(|(tested, _)| *tested == open.tested) else { continue };
        let target = open.target.as_ref();
        let Estimate { cases, objects, .. } = *estimate;
        let megabytes = estimate.bytes as f64 / 1e6;
        let budget = of_budget(&plan.budget);
        let time = time(estimate, open, limit, jobs.unwrap_or_else(|| open.default_jobs()));
        tell(format_args!(
            "{}: {cases} cases{array}, about {:.0} requests plus those for shrinking{budget}, {megabytes:.1} MB in {objects} manifests \
             and blobs, {time}",
            target.name(),
            estimate.requests,
        ));
    }
}

fn of_budget(budget: &Budget) -> String {
    let Budget { requests, bytes, objects } = *budget;
    let parts = [(requests, "requests"), (bytes, "bytes"), (objects, "manifests and blobs")];
    let limits: Vec<String> = parts.iter().filter_map(|(most, what)| Some(format!("{} {what}", (*most)?))).collect();
    if limits.is_empty() { String::new() } else { format!(", at most about {}", limits.join(" and ")) }
}

/// How long the requests take at the rate of the target, or as fast as it answers.
fn time(estimate: &Estimate, open: &OpenTarget, limit: Option<Duration>, jobs: usize) -> String {
    let at = |rate: f64| readable(Duration::from_secs_f64((estimate.requests / rate).ceil()));
    let rate = match (open.target.rate(), open.latency) {
        (Some(rate), _) => format!("{} at {rate} requests per second", at(rate)),
        (None, Some(latency)) => {
            // A push takes longer than the request that was measured.
            let rate = jobs as f64 / (2.0 * latency.as_secs_f64().max(1e-4));
            format!("about {} without a rate limit", at(rate))
        }
        (None, None) => "no rate limit".to_owned(),
    };
    limit.map_or(rate.clone(), |limit| format!("{rate}, ending after {}", readable(limit)))
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

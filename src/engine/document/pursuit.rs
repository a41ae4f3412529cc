//! Confirms an answer to a document and shrinks the document to what the answer is about.

use super::exchange::Document;
use super::familiar::familiar;
use super::report::DocumentReason;
use super::runner::{DocumentRunner, Shot};
use super::sought::Sought;
use crate::compare::Finding;
use crate::engine::counts::Purpose;
use crate::engine::fire_options::FireOptions;
use crate::engine::health::health;
use crate::engine::limits::Limits;
use crate::engine::outcome::Outcome;
use crate::engine::sink::Sink;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::json::read;
use crate::shrink::Verdict;
use crate::shrink::document::{DocumentMinimiser, MinimalDocument};
use crate::transport::Repository;

/// How often an answer must be reproduced before the document is shrunk.
const TIMES: usize = 2;

/// A finding in its smallest form, if one was pursued, and what it is about.
type Pursued = (Option<Finding>, DocumentReason);

impl DocumentRunner<'_> {
    /// Confirms what is sought, which the document showed once, and shrinks it. `None` if it was not reproduced.
    pub(super) fn pursue(
        &self,
        document: &Document,
        sought: &Sought,
        seen: Option<Finding>,
        options: FireOptions,
        limits: Limits<'_>,
        sink: &mut dyn Sink,
    ) -> Result<Option<Pursued>, Error> {
        let exchange = document.exchange_of(document.body.clone(), false);
        let depends_on_state = matches!(sought, Sought::Finding(symptom, _) if symptom.depends_on_state());
        // Without a fresh repository an earlier push may be the cause of what is read back.
        let can_repeat = !depends_on_state || options.place == Repository::Fresh;
        let mut finding = seen;
        let times = if can_repeat { TIMES } else { 1 };
        for _ in 0..times {
            let repetition = FireOptions { purpose: Purpose::Repetition, ..options };
            match self.shows(document, &exchange, sought, repetition) {
                Some(shown) => finding = shown.or(finding),
                None => return Ok(None),
            }
        }
        let mut reason = DocumentReason::unshrunk(exchange, times);
        let parsed = read(&document.body).ok().filter(|_| can_repeat && self.left() > 0);
        let Some(parsed) = parsed else { return Ok(Some((finding, reason))) };
        let mut minimiser = DocumentMinimiser::new(&parsed, familiar, self.left());
        while let Some(candidate) = minimiser.candidate() {
            if limits.are_over() {
                break;
            }
            let exchange = document.exchange_of(candidate.body.into(), false);
            let judgement = self.judgement(document, &exchange);
            let can_show = sought.may_be_shown_by(&judgement);
            // A common value is worth a push even where it does not fit the content: it may be accepted.
            if !can_show && !candidate.is_familiar && !Sought::may_be_accepted(&judgement) {
                minimiser.skip();
                continue;
            }
            minimiser.tell(match self.verdict(document, &exchange, sought, options) {
                // It may be refused for another reason.
                Verdict::Reproduced if !can_show => Verdict::Otherwise,
                verdict => verdict,
            });
            if sought.may_be_down() && !health(&self.prober, limits, 0, sink)?.is_usable() {
                break;
            }
        }
        let minimal = minimiser.finish();
        self.spend(minimal.probes);
        let smallest = document.exchange_of(minimal.body.clone().into(), false);
        let Some(shown) = self.shows(document, &smallest, sought, options) else {
            // The smaller form was accepted once: the reason is not certain.
            reason.probes += minimal.probes + 1;
            return Ok(Some((finding, reason)));
        };
        let finding = self.excused(document, shown.or(finding), &minimal, options);
        let witness = minimal.witness.map(|body| document.exchange_of(body.into(), false));
        Ok(Some((
            finding,
            DocumentReason {
                smallest,
                witness,
                pointer: minimal.pointer,
                place: minimal.reason,
                reproduced: times + 1,
                probes: reason.probes + minimal.probes + 1,
                is_minimal: minimal.is_minimal,
            },
        )))
    }

    /// Whether a push shows what is sought: `Some`, with the finding if it is one.
    fn shows(
        &self,
        document: &Document,
        exchange: &Exchange,
        sought: &Sought,
        options: FireOptions,
    ) -> Option<Option<Finding>> {
        let Shot { seen, outcome } = self.shoot(document, exchange, options).ok()?;
        let is_shown = sought.is_shown_by(&seen, outcome.findings());
        is_shown.then(|| match sought {
            Sought::Finding(symptom, _) => outcome.finding(symptom).cloned(),
            Sought::Refusal(..) => None,
        })
    }

    fn verdict(&self, document: &Document, exchange: &Exchange, sought: &Sought, options: FireOptions) -> Verdict {
        match self.shoot(document, exchange, options).map_err(|outcome| *outcome) {
            Ok(shot) if sought.is_shown_by(&shot.seen, shot.outcome.findings()) => Verdict::Reproduced,
            Ok(shot) if shot.outcome.accepted() => Verdict::Accepted,
            Err(Outcome::Trouble(_)) => Verdict::Trouble,
            Ok(_) | Err(_) => Verdict::Otherwise,
        }
    }

    /// Downgrades a refused MUST-accept if the target accepts the witness, to which the same MUST applies.
    fn excused(
        &self,
        document: &Document,
        finding: Option<Finding>,
        minimal: &MinimalDocument,
        options: FireOptions,
    ) -> Option<Finding> {
        let mut finding = finding?;
        if let Some(body) = minimal.witness.clone().filter(|_| finding.breaks_a_duty_to_accept()) {
            let exchange = document.exchange_of(body.into(), false);
            let shot = self.shoot(document, &exchange, options);
            if let Ok(Shot { outcome: Outcome::Judged { accepted: true, applicable, .. }, .. }) = shot {
                finding.excuse(&applicable, &format!("body={}", exchange.tested.digest()));
            }
        }
        Some(finding)
    }
}

//! `manifuzz clients`: has client programs handle cases, and says what they did and what they should have done.

use clap::Args;
use serde_json::{Value, json};

use super::flags::{FlavoursFlag, SpecFlag, epilogue};
use super::interrupt::Interrupt;
use super::values::{ParsedBy, Rejected, shape};
use super::{FOUND, INTERRUPTED, Output, UNTESTABLE, isolation, tell};
use crate::compare::{Finding, Grade, compare_runs};
use crate::consumers::clients::{Adapter, ClientOptions, ClientTarget, sandbox::is_installed, shipped};
use crate::error::{Error, Input};
use crate::exchange::Exchange;
use crate::exchange::client::{Arrived, At, Operation, Outcome, ProgramRun};
use crate::generate::Tested;
use crate::model::{Content, decide_client};
use crate::render::render;
use crate::shape::Shape;
use crate::transport::Target as _;

/// Have client programs pull, copy, push and list cases, and judge what they do
///
/// Without --shape, the cases are those of --flavours and each wrong answer that a registry could give. `manifuzz run client:NAME`
/// tests a program with every case, shrinks what it finds and records it.
#[derive(Debug, Args)]
#[command(after_long_help = epilogue(
    "manifuzz clients skopeo --shape 'answer.blob.body=other' --operation pull",
    &[
        (0, "no finding above a note"),
        (FOUND, "violations or warnings"),
        (UNTESTABLE, "no program could be tested"),
        (INTERRUPTED, "interrupted by a signal"),
    ],
))]
pub(super) struct ClientsCommand {
    /// Names of adapters that come with manifuzz, or paths of .toml files [default: every shipped one]
    #[arg(value_name = "NAME", value_parser = ParsedBy(client))]
    clients: Vec<Adapter>,
    /// A case, such as `answer.redirect=other-host`; repeatable
    #[arg(long = "shape", value_name = "SHAPE", value_parser = ParsedBy(shape), conflicts_with = "flavours", help_heading = "Cases")]
    shapes: Vec<Shape>,
    #[command(flatten)]
    flavours: FlavoursFlag,
    /// Only this operation: pull, copy, push, list or tags; repeatable
    #[arg(long = "operation", value_name = "OPERATION", value_parser = ParsedBy(operation), help_heading = "Cases")]
    operations: Vec<Operation>,
    #[command(flatten)]
    spec: SpecFlag,
    #[command(flatten)]
    output: Output,
}

fn client(text: &str) -> Result<Adapter, Rejected> {
    shipped::adapter(text.trim_start_matches("client:")).map_err(|error| Rejected::new(error.to_string()))
}

fn operation(text: &str) -> Result<Operation, Rejected> {
    let known = Operation::ALL.into_iter().find(|operation| operation.as_str() == text);
    known.ok_or_else(|| Rejected::new("expected pull, copy, push, list or tags"))
}

/// The most requests of a run that are listed: a client that does not end sends thousands.
const SHOWN: usize = 200;

/// What is counted over all programs.
#[derive(Default)]
struct Counts {
    tested: usize,
    findings: usize,
    above_notes: usize,
}

impl ClientsCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        let interrupt = Interrupt::watch();
        let shapes = self.cases();
        let mut counts = Counts::default();
        for adapter in self.adapters()? {
            if interrupt.came() {
                break;
            }
            self.test(&adapter, &shapes, &interrupt, &mut counts)?;
        }
        let Counts { tested, findings, above_notes } = counts;
        tell(format_args!("{tested} runs of programs, {findings} findings, {above_notes} of them above a note"));
        Ok(match () {
            () if interrupt.came() => INTERRUPTED,
            () if above_notes > 0 => FOUND,
            () if tested == 0 => UNTESTABLE,
            () => 0,
        })
    }

    fn adapters(&self) -> Result<Vec<Adapter>, Input> {
        if self.clients.is_empty() {
            shipped::names().map(shipped::adapter).collect()
        } else {
            Ok(self.clients.clone())
        }
    }

    /// The cases, each once.
    fn cases(&self) -> Vec<Shape> {
        if !self.shapes.is_empty() {
            return self.shapes.clone();
        }
        let flavours = self.flavours.flavours.0.iter().map(|flavour| flavour.shape.clone());
        let answers = Tested::Client.each_alone().filter(|shape| shape.answers().next().is_some());
        let mut cases = vec![Shape::base()];
        for shape in flavours.chain(answers) {
            if !cases.contains(&shape) {
                cases.push(shape);
            }
        }
        cases
    }

    /// Has one program handle every case.
    fn test(
        &self,
        adapter: &Adapter,
        shapes: &[Shape],
        interrupt: &Interrupt,
        counts: &mut Counts,
    ) -> Result<(), Error> {
        let name = format!("client:{}", adapter.name);
        if !is_installed(&adapter.program()) {
            return self.not_tested(adapter, &format!("{} is not installed", adapter.program()));
        }
        let options = ClientOptions {
            name,
            is_isolated: isolation::is_isolated(),
            stop: std::sync::Arc::clone(interrupt.stop()),
        };
        let target = ClientTarget::new(adapter.clone(), options);
        if let Err(trouble) = target.ping(&render(&Shape::base())) {
            return self.not_tested(adapter, &trouble.to_string());
        }
        for shape in shapes {
            let exchange = render(shape);
            for operation in
                Operation::ALL.into_iter().filter(|one| self.is_asked(*one) && adapter.task(*one).is_some())
            {
                if interrupt.came() {
                    return Ok(());
                }
                let run = target.operate(&exchange, operation)?;
                let findings = self.judged(&exchange, &run);
                counts.tested += usize::from(run.is_tested());
                counts.findings += findings.len();
                counts.above_notes += findings.iter().filter(|finding| finding.grade > Grade::Note).count();
                self.print(&target, shape, &run, &findings)?;
            }
        }
        Ok(())
    }

    fn is_asked(&self, operation: Operation) -> bool {
        self.operations.is_empty() || self.operations.contains(&operation)
    }

    fn judged(&self, exchange: &Exchange, run: &ProgramRun) -> Vec<Finding> {
        let facts = crate::exchange::Facts::as_meant(exchange);
        let content = Content::new(exchange, &facts, self.spec.spec);
        compare_runs(&content, &decide_client(&content), std::slice::from_ref(run))
    }

    /// A program that cannot be run has not passed.
    fn not_tested(&self, adapter: &Adapter, why: &str) -> Result<(), Error> {
        if self.output.is_pretty() {
            return Output::print(&format!("{:<10} not tested: {why}", adapter.name));
        }
        Output::print(&json!({ "client": adapter.name, "outcome": "not tested", "why": why }).to_string())
    }

    fn print(&self, target: &ClientTarget, shape: &Shape, run: &ProgramRun, findings: &[Finding]) -> Result<(), Error> {
        let name = &target.adapter().name;
        let (outcome, why) = outcome(run);
        if self.output.is_pretty() {
            let why = if why.is_empty() { String::new() } else { format!(": {why}") };
            let mut text = format!("{name:<10} {:<5} {outcome:<11} {shape}{why}", run.operation);
            for finding in findings {
                text.push_str(&format!(
                    "\n           {} {}: {}",
                    finding.grade,
                    finding.symptom.class.as_str(),
                    finding.note
                ));
            }
            return Output::print(&text);
        }
        let of_finding = |finding: &Finding| {
            json!({
                "class": finding.symptom.class.as_str(), "grade": finding.grade.as_str(), "rules": finding.rules,
                "note": finding.note,
            })
        };
        let findings: Vec<Value> = findings.iter().map(of_finding).collect();
        let arrived: Vec<Value> = run.arrived.iter().take(SHOWN).map(request).collect();
        let wrote: Vec<&str> = run.escaped.iter().map(|file| &*file.path).collect();
        let line = json!({
            "client": name, "version": target.version(), "shape": shape.to_string(), "operation": run.operation.as_str(),
            "outcome": outcome, "ending": run.ending.to_string(), "message": run.last_line, "why": why,
            "requests": run.arrived.len(), "arrived": arrived, "wrote_outside": wrote, "peak_memory": run.peak_memory,
            "findings": findings,
        });
        Output::print(&line.to_string())
    }
}

/// A request that arrived, and where: at the registry, or at a host that an answer or the document named.
fn request(one: &Arrived) -> Value {
    let at = match one.at {
        At::Registry => "registry",
        At::Foreign => "other-host",
        At::ForeignRealm => "token-service",
        At::Urls => "layer-urls",
        At::Proxy => "proxy",
    };
    let Arrived { method, target, status, has_credentials, .. } = one;
    json!({ "at": at, "method": method, "target": target, "status": status, "credentials": has_credentials })
}

/// The outcome in a word, and why there is none.
fn outcome(run: &ProgramRun) -> (&'static str, &str) {
    match &run.outcome {
        Outcome::Stored => ("stored", ""),
        Outcome::Refused => ("refused", &run.last_line),
        Outcome::Crashed => ("crashed", &run.last_line),
        Outcome::Hung => ("hung", &run.last_line),
        Outcome::Unsupported => ("unsupported", &run.last_line),
        Outcome::NotTested(why) => ("not tested", why),
    }
}

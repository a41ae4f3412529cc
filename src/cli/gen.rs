//! `manifuzz gen`: shapes and the exchanges they render to.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::Output;
use super::targets::nonce;
use crate::corpus::id;
use crate::engine::cases;
use crate::error::Error;
use crate::exchange::State;
use crate::generate::exhaustive;
use crate::render::render;
use crate::shape::Shape;

/// The longest body that is printed, in bytes.
const BODY_BOUND: usize = 1 << 20;

/// Print shapes with the exact bytes they render to
#[derive(Debug, clap::Args)]
pub(super) struct Gen {
    /// Every shape with at most K deviations, instead of a run's cases
    #[arg(long, value_name = "K", conflicts_with_all = ["seed", "preset"])]
    deviations: Option<usize>,
    /// How many cases at most
    #[arg(long)]
    cases: Option<usize>,
    /// How far draws stray: valid, mostly-valid or hostile
    #[arg(long, default_value = "mostly-valid")]
    preset: String,
    /// What random draws depend on; a new one each time without it
    #[arg(long)]
    seed: Option<u64>,
    #[command(flatten)]
    output: Output,
}

impl Gen {
    pub(super) fn run(self) -> Result<u8, Error> {
        let shapes: Box<dyn Iterator<Item = Shape>> = match self.deviations {
            Some(k) => Box::new(exhaustive(k).take(self.cases.unwrap_or(usize::MAX))),
            None => {
                let seed = self.seed.unwrap_or_else(|| u64::from_str_radix(&nonce(), 16).unwrap_or(0) % 1_000_000_007);
                eprintln!("seed {seed}");
                Box::new(cases(seed, self.preset.parse()?, self.cases))
            }
        };
        let pretty = self.output.is_pretty();
        for shape in shapes {
            Output::print(&if pretty { shape.to_string() } else { line(&shape) });
        }
        Ok(0)
    }
}

fn line(shape: &Shape) -> String {
    let exchange = render(shape);
    let text = shape.to_string();
    let need = |need: &crate::exchange::Need| {
        let state = if need.state == State::Present { "present" } else { "absent" };
        json!({ "path": need.path, "digest": need.digest, "size": need.bytes.len(), "state": state })
    };
    let mut value = json!({
        "id": id(&text),
        "shape": text,
        "content_type": exchange.tested.content_type,
        "reference": exchange.tested.reference.to_string(),
        "body_sha256": exchange.tested.digest,
        "body_bytes": exchange.tested.body.len(),
        "needs": exchange.needs.iter().map(need).collect::<Vec<_>>(),
    });
    if exchange.tested.body.len() <= BODY_BOUND {
        value["body_base64"] = json!(STANDARD.encode(&exchange.tested.body));
    }
    value.to_string()
}

//! `manifuzz gen`: shapes and the exchanges they render to, as lines, files or an OCI image layout.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::Output;
use super::drawing::DrawingFlags;
use super::flags::epilogue;
use super::targets::check_filter;
use crate::cli::tell;
use crate::error::Error;
use crate::exchange::{Exchange, Need};
use crate::generate::{Covered, exhaustive};
use crate::render::render;
use crate::report::{Layout, Loose};
use crate::shape::Shape;

/// Longer bodies are not printed, in bytes.
const BODY_BOUND: usize = 1 << 20;

/// Print cases with the exact bytes they push, or write them to files
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue("manifuzz gen --deviations 1 --filter 'layers.0.*' --out cases", &[(0, "success")]))]
pub(super) struct GenCommand {
    #[command(flatten)]
    drawing: DrawingFlags,
    /// Use every shape with at most K deviations
    #[arg(long, value_name = "K", conflicts_with_all = ["seed", "preset", "cover"], help_heading = "Cases")]
    deviations: Option<usize>,
    /// Write each body and the blobs it refers to into this directory
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Make the directory an OCI image layout
    #[arg(long, requires = "out", help_heading = "Output")]
    layout: bool,
    #[command(flatten)]
    output: Output,
}

impl GenCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        let order = self.drawing.schedule()?;
        check_filter(order.filter.as_ref(), [order.tested])?;
        let shapes: Box<dyn Iterator<Item = Shape>> = match self.deviations {
            Some(k) => {
                let filter = order.filter.clone();
                let passes = move |shape: &Shape| filter.as_ref().is_none_or(|filter| filter.passes(shape));
                Box::new(exhaustive(k).filter(passes).take(self.drawing.cases.unwrap_or(usize::MAX)))
            }
            None => Box::new(order.cases()),
        };
        let mut layout = self.out.as_deref().filter(|_| self.layout).map(Layout::create).transpose()?;
        let mut loose = self.out.as_deref().filter(|_| !self.layout).map(Loose::create).transpose()?;
        tell(format_args!("seed {}", order.seed));
        let pretty = self.output.is_pretty();
        let (mut cases, mut covered) = (0usize, Covered::default());
        for shape in shapes {
            let (text, exchange) = (shape.to_string(), render(&shape));
            match (&mut layout, &mut loose) {
                (Some(layout), _) => layout.add(&exchange.id, &exchange)?,
                (None, Some(loose)) => loose.add(&exchange.id, &exchange, &line(&text, &exchange))?,
                (None, None) if pretty => Output::print(&text)?,
                (None, None) => Output::print(&line(&text, &exchange))?,
            }
            cases += 1;
            covered.add(&shape);
        }
        if let Some(layout) = layout {
            layout.finish()?;
        }
        tell(format_args!("{cases} cases; covered: {}", covered.count()));
        Ok(0)
    }
}

fn line(text: &str, exchange: &Exchange) -> String {
    let need = |need: &Need| {
        let (path, digest, size) = (&need.path, &need.digest, need.bytes.len());
        json!({ "path": path, "digest": digest, "size": size, "state": need.state.as_str() })
    };
    let mut value = json!({
        "id": exchange.id,
        "shape": text,
        "content_type": exchange.tested.content_type,
        "reference": exchange.tested.reference.to_string(),
        "body_sha256": exchange.tested.digest(),
        "body_bytes": exchange.tested.body.len(),
        "needs": exchange.needs.iter().map(|of| need(of)).collect::<Vec<_>>(),
    });
    if exchange.tested.body.len() <= BODY_BOUND {
        value["body_base64"] = json!(STANDARD.encode(&exchange.tested.body));
    }
    value.to_string()
}

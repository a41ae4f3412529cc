//! The server is driven over real connections, and what arrives is compared byte for byte.

mod access;
mod blobs;
mod client;
mod hosts;
mod lists;
mod manifests;
mod menu;
mod programs;
mod uploads;

use super::{Addresses, CaseServer};
use crate::exchange::Exchange;
use crate::render::render;
use crate::shape::Shape;

/// The exchange of a shape's text; that of the base for none.
fn exchange(text: &str) -> Exchange {
    render(&if text.is_empty() { Shape::base() } else { text.parse().unwrap() })
}

/// A shape that is served.
fn serve(text: &str) -> CaseServer {
    CaseServer::start(&exchange(text), Addresses::Loopback).unwrap()
}

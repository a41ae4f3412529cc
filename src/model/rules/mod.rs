//! The rules as constant rows, one file per page or section of a specification.

pub(in crate::model) mod client;
pub(in crate::model) mod distribution;
pub(in crate::model) mod docker;
pub(in crate::model) mod http;
pub(in crate::model) mod image;
pub(in crate::model) mod json;
pub(in crate::model) mod layout;
pub(in crate::model) mod pages;

pub use self::distribution::errors::{CODES, LEGACY_CODES, code_of, codes_of};
pub use self::http::codings::{decoded, decoded_answer};
pub use self::layout::LayoutRule;
pub use self::pages::{rule, rules};

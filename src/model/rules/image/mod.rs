//! Rules of image-spec, one file per page.

pub(in crate::model) mod annotations;
pub(in crate::model) mod artifact;
pub(in crate::model) mod config;
pub(in crate::model) mod descriptor;
pub(in crate::model) mod dev;
pub(in crate::model) mod image_index;
pub(in crate::model) mod layer;
pub(in crate::model) mod manifest;
pub(in crate::model) mod parameters;
pub(in crate::model) mod platform;
pub(in crate::model) mod sizes;
pub(in crate::model) mod storing;

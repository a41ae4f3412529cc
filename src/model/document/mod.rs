//! The document under test: its kind, members, descriptors and forms, computed once for all rules.

pub(in crate::model) mod content;
pub(in crate::model) mod data;
pub(in crate::model) mod descriptors;
pub(in crate::model) mod forms;
pub(in crate::model) mod kind;
pub(in crate::model) mod media_types;
pub(in crate::model) mod members;

pub use self::content::Content;
pub use self::forms::DigestForm;
pub use self::kind::{describe, kind_of};

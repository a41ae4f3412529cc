//! The document under test: its kind, members, descriptors and forms, computed once for all rules.

pub(in crate::model) mod content;
pub(in crate::model) mod data;
pub(in crate::model) mod descriptors;
pub(in crate::model) mod forms;
pub(in crate::model) mod kind;
pub(in crate::model) mod media_types;
pub(in crate::model) mod members;
pub(in crate::model) mod origins;

pub use self::content::Content;
pub use self::forms::DigestForm;
pub use self::kind::{describe, is_schema_1, is_undefined, kind_of, members_type, type_by_members};
pub use self::origins::{Remark, remarks};

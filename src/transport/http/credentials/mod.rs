//! Credentials, and where they come from.
//!
//! Credentials given by the caller come first, then those of the files that Docker and Podman keep ([`of_files`]).

mod files;
mod helper;
mod secret;

use std::fmt;

pub use files::of_files;
pub use secret::Secret;

/// How to authenticate at a registry.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// A user name and a password, or what a registry takes in place of one.
    Password {
        /// The user name.
        username: String,
        /// The password.
        password: Secret,
    },
    /// A refresh token, which a token service exchanges for access tokens.
    IdentityToken(Secret),
    /// An access token to be sent as it is.
    RegistryToken(Secret),
}

impl Credentials {
    /// A user name and a password.
    pub fn password(username: impl Into<String>, password: Secret) -> Self {
        Self::Password { username: username.into(), password }
    }

    /// The part of them that must not be shown.
    pub(super) fn secret(&self) -> &Secret {
        match self {
            Self::Password { password: secret, .. } | Self::IdentityToken(secret) | Self::RegistryToken(secret) => {
                secret
            }
        }
    }

    /// Whose credentials they are, for messages.
    pub fn holder(&self) -> String {
        match self {
            Self::Password { username, .. } => format!("user `{}`", crate::foreign::bounded(username, 60)),
            Self::IdentityToken(_) => "the holder of an identity token".to_owned(),
            Self::RegistryToken(_) => "the holder of a registry token".to_owned(),
        }
    }
}

impl fmt::Debug for Credentials {
    /// Without the secret.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.holder())
    }
}

//! Credentials and TLS: the flags, the environment and the files of Docker and Podman, in this order.

use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;

use super::file::Named;
use crate::cli::tell;
use crate::error::Input;
use crate::transport::http::credentials::{Credentials, Secret, of_files};
use crate::transport::http::{Address, Tls};

/// Maximum length of a password on stdin, in bytes.
const PASSWORD: u64 = 1 << 16;

/// How to authenticate, and which servers to trust.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Access")]
pub(in crate::cli) struct AccessFlags {
    /// User name; needs --password-stdin [default: OCI_USERNAME and OCI_PASSWORD, else a login of Docker or Podman]
    #[arg(long, value_name = "NAME", requires = "password_stdin")]
    username: Option<String>,
    /// Read the password from stdin
    #[arg(long, requires = "username")]
    password_stdin: bool,
    /// Also trust the certificate authorities in this PEM file; repeatable
    #[arg(long, value_name = "FILE")]
    tls_ca: Vec<PathBuf>,
    /// Client certificate, a PEM file
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Key of the client certificate, a PEM file
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// `false` accepts any certificate, so anybody on the way can read the credentials
    #[arg(
        long,
        value_name = "BOOL",
        default_value = "true",
        require_equals = true,
        num_args = 1,
        action = clap::ArgAction::Set,
        hide_possible_values = true,
        hide_default_value = true,
    )]
    tls_verify: bool,
}

/// How to authenticate, and which servers to trust.
#[derive(Debug)]
pub(super) struct Access {
    /// From the flags.
    given: Option<Credentials>,
    /// From `OCI_USERNAME` and `OCI_PASSWORD`.
    environment: Option<Credentials>,
    tls: Arc<Tls>,
}

impl Access {
    /// Reads what the flags name, stdin included.
    pub fn read(flags: &AccessFlags) -> Result<Self, Input> {
        let given = match &flags.username {
            Some(username) => Some(Credentials::password(&**username, password_from_stdin()?)),
            None => None,
        };
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let environment = variable("OCI_USERNAME").zip(variable("OCI_PASSWORD"));
        let environment =
            environment.map(|(username, password)| Credentials::password(username, Secret::new(password)));
        let identity = flags.tls_cert.as_deref().zip(flags.tls_key.as_deref());
        let tls = Tls::load(&flags.tls_ca, identity, flags.tls_verify)?;
        if !tls.verifies() {
            tell(
                "warning: --tls-verify=false: certificates are NOT verified; anybody on the way can read and change everything",
            );
        }
        Ok(Self { given, environment, tls: Arc::new(tls) })
    }

    /// Which servers to trust.
    pub fn tls(&self) -> Arc<Tls> {
        Arc::clone(&self.tls)
    }

    /// Rejects one user for several registries: a password must not go to a host that it is not for.
    pub fn check(&self, live: usize) -> Result<(), Input> {
        if live <= 1 {
            return Ok(());
        }
        let what = match (&self.given, &self.environment) {
            (Some(_), _) => "--username",
            (None, Some(_)) => "OCI_USERNAME",
            (None, None) => return Ok(()),
        };
        let why = "it is for one registry, but several are given";
        Err(Input::value(what, why, "run them one by one, or log in with `docker login` or `podman login`"))
    }

    /// The credentials for a registry.
    pub fn credentials(&self, address: &Address, named: Option<&Named>) -> Result<Option<Credentials>, Input> {
        if let Some(given) = &self.given {
            return Ok(Some(given.clone()));
        }
        if let Some(of_file) = named.map(Named::credentials).transpose()?.flatten() {
            return Ok(Some(of_file));
        }
        if let Some(environment) = &self.environment {
            return Ok(Some(environment.clone()));
        }
        of_files(&address.authority, &address.repository, &|name| std::env::var_os(name))
    }
}

fn password_from_stdin() -> Result<Secret, Input> {
    let mut text = String::new();
    let read = std::io::stdin().take(PASSWORD).read_to_string(&mut text);
    let advice = "pipe the password into it, as in `printf %s \"$PASSWORD\" | manifuzz …`";
    read.map_err(|error| Input::value("--password-stdin", error.to_string(), advice))?;
    // Of `echo`, or an editor; a password that is JSON has more lines.
    let password = text.strip_suffix('\n').unwrap_or(&text);
    let password = password.strip_suffix('\r').unwrap_or(password);
    if password.is_empty() {
        return Err(Input::value("--password-stdin", "stdin is empty", advice));
    }
    Ok(Secret::new(password))
}

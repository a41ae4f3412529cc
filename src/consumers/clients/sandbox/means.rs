//! What the system offers for keeping the processes of a command together.

use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// How the processes of a command are kept together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// In a namespace for process ids, which ends with all that is in it.
    Namespace,
    /// The same within a user namespace, for users other than root.
    UserNamespace,
    /// By session, parents and a variable of the environment. Processes that give up all three at once are not found.
    Tree,
}

impl Means {
    /// The first that this system allows, tried once.
    pub fn best() -> Self {
        static BEST: OnceLock<Means> = OnceLock::new();
        let namespaces = [Self::Namespace, Self::UserNamespace];
        *BEST.get_or_init(|| namespaces.into_iter().find(|means| means.is_allowed()).unwrap_or(Self::Tree))
    }

    fn is_allowed(self) -> bool {
        succeeds(Command::new("unshare").args(self.unshare_flags()).arg("true"))
            && succeeds(Command::new("nsenter").arg("--version"))
    }

    /// The arguments of `unshare`.
    pub(super) fn unshare_flags(self) -> Vec<&'static str> {
        let user = (self == Self::UserNamespace).then_some("--map-root-user");
        user.into_iter().chain(["--pid", "--fork", "--kill-child", "--mount-proc"]).collect()
    }
}

/// Whether `prlimit` is installed.
pub(super) fn has_prlimit() -> bool {
    static FOUND: OnceLock<bool> = OnceLock::new();
    *FOUND.get_or_init(|| succeeds(Command::new("prlimit").args(["--core=0", "true"])))
}

fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

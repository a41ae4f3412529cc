//! `manifuzz cleanup`: removes what runs left on registries. Also the end of every command that writes to one.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::advice::with_advice;
use super::flags::epilogue;
use super::interrupt::Interrupt;
use super::targets::{Opener, TargetArgument, TargetFlags};
use super::values::ParsedBy;
use super::{FOUND, INTERRUPTED, tell};
use crate::error::{Error, Input, TroubleKind};
use crate::foreign::escaped;
use crate::transport::ledger::{self, Entry, Ledger};
use crate::transport::{Left, Object};

/// Deletions in flight.
const JOBS: usize = 8;
/// How many objects that stay are named.
const NAMED: usize = 20;
/// The longest time that the end of another command spends on this.
const MOST: Duration = Duration::from_secs(600);

/// Remove what runs left on registries, as recorded in a ledger
///
/// Every write of a run is in its ledger before it is sent, so this works even after a run was killed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = epilogue(
    "manifuzz cleanup manifuzz-cases.csv.ledger.jsonl",
    &[(0, "everything is gone"), (FOUND, "something stays; it is named"), (INTERRUPTED, "interrupted by a signal")],
))]
pub(super) struct CleanupCommand {
    /// Ledger of a run: the name of its corpus and `.ledger.jsonl`
    #[arg(default_value = "manifuzz-cases.csv.ledger.jsonl")]
    ledger: PathBuf,
    /// Only what was written to this registry; if the ledger has only one, the address where that is now
    #[arg(long = "target", value_name = "TARGET", value_parser = ParsedBy(TargetArgument::parse), help_heading = "Target")]
    at: Option<TargetArgument>,
    #[command(flatten)]
    target: TargetFlags,
}

impl CleanupCommand {
    pub(super) fn run(self) -> Result<u8, Error> {
        let entries = ledger::read(&self.ledger)?;
        let interrupt = Interrupt::watch();
        let opener = self.target.opener(&interrupt)?;
        let mut by_target: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        for entry in entries {
            by_target.entry(entry.target.clone()).or_default().push(entry);
        }
        if by_target.is_empty() {
            tell(format_args!("{}: nothing is left to remove", self.ledger.display()));
            return Ok(0);
        }
        let mut chosen: Vec<(String, TargetArgument)> = Vec::new();
        match &self.at {
            Some(at) => {
                let url = opener.address(at)?.map(|address| address.url()).unwrap_or_default();
                let name = if by_target.contains_key(&url) { Some(url) } else { only(&by_target) };
                let Some(name) = name else {
                    let names: Vec<&str> = by_target.keys().map(String::as_str).collect();
                    let why = format!("the ledger has only {}", names.join(", "));
                    return Err(Input::value("invalid target", why, "name one of these").into());
                };
                chosen.push((name, at.clone()));
            }
            None => {
                for name in by_target.keys() {
                    let target = TargetArgument::parse(name).map_err(|rejected| {
                        let what = format!("cannot use the target `{name}` of the ledger");
                        Input::value(what, rejected.to_string(), "name its address with --target")
                    })?;
                    chosen.push((name.clone(), target));
                }
            }
        }
        let mut all_gone = true;
        for (name, target) in chosen {
            let written = by_target.remove(&name).unwrap_or_default();
            all_gone &= remove(&opener, &target, &name, &written, &self.ledger)?;
        }
        Ok(match () {
            () if interrupt.came() => INTERRUPTED,
            () if all_gone => 0,
            () => FOUND,
        })
    }
}

fn only(by_target: &BTreeMap<String, Vec<Entry>>) -> Option<String> {
    by_target.keys().next().filter(|_| by_target.len() == 1).cloned()
}

/// Removes what was written to a target, takes it out of the ledger, and says what stays. Returns whether all is gone.
fn remove(opener: &Opener, at: &TargetArgument, name: &str, written: &[Entry], file: &Path) -> Result<bool, Error> {
    let target = opener.open(at)?;
    let objects: HashSet<Object> = written.iter().flat_map(Object::of).collect();
    let count = objects.len();
    let left = match target.clean_up(written, JOBS) {
        Ok(left) => left,
        Err(trouble) => {
            let again = format!("manifuzz cleanup {}", file.display());
            tell(format_args!("error: {name}: cleaning up: {}; {again} continues", with_advice(&trouble)));
            return match trouble.kind {
                TroubleKind::Interrupted | TroubleKind::Unreachable => Ok(false),
                _ => Err(trouble.into()),
            };
        }
    };
    let (written, staying) = (written.iter().collect::<HashSet<_>>(), left.iter().map(|left| &left.object));
    let staying: HashSet<&Object> = staying.collect();
    let stays = |entry: &Entry| Object::of(entry).iter().any(|object| staying.contains(object));
    let is_done = |entry: &Entry| written.contains(entry) || entry.target == name && entry.method == "DELETE";
    let rest: Vec<Entry> = ledger::read(file)?.into_iter().filter(|entry| !is_done(entry) || stays(entry)).collect();
    ledger::replace(file, &rest)?;
    say(name, count, &left);
    Ok(left.is_empty())
}

fn say(name: &str, count: usize, left: &[Left]) {
    tell(format_args!(
        "{name}: removed {} of {count} tags, manifests and blobs that were pushed",
        count - left.len().min(count)
    ));
    let mut by_reason: BTreeMap<&str, Vec<&Object>> = BTreeMap::new();
    for Left { object, why } in left {
        by_reason.entry(why).or_default().push(object);
    }
    for (why, objects) in by_reason {
        for object in objects.iter().take(NAMED) {
            tell(format_args!("{name}: stays: {} ({})", escaped(&object.path()), escaped(why)));
        }
        if objects.len() > NAMED {
            tell(format_args!("{name}: stays: {} more ({})", objects.len() - NAMED, escaped(why)));
        }
    }
}

/// What a command writes to registries, and how it ends.
#[derive(Debug)]
pub(super) struct Written {
    ledger: Option<Arc<Ledger>>,
    run: String,
    keep: bool,
}

impl Written {
    /// Opens the ledger next to `beside`, if a target is live, and has every write recorded.
    pub fn record(opener: &mut Opener, targets: &[TargetArgument], beside: &Path, keep: bool) -> Result<Self, Input> {
        let run = opener.opening.nonce.clone();
        if !targets.iter().any(TargetArgument::is_live) {
            return Ok(Self { ledger: None, run, keep });
        }
        let mut path = beside.as_os_str().to_owned();
        path.push(".ledger.jsonl");
        let ledger = Arc::new(Ledger::open(Path::new(&path))?);
        opener.opening.ledger = Some(Arc::clone(&ledger));
        Ok(Self { ledger: Some(ledger), run, keep })
    }

    /// Removes what was written, unless the user wants to keep it or a signal came: then says how to remove it.
    /// It takes at most the time that is left for the command. Targets that were given up are not asked again.
    pub fn end(
        self,
        opener: &Opener,
        targets: &[TargetArgument],
        given_up: &[bool],
        interrupt: &Interrupt,
        left: Option<Duration>,
    ) -> Result<(), Error> {
        let Some(ledger) = self.ledger else { return Ok(()) };
        let (path, run) = (ledger.path(), &self.run);
        let (entries, of_others): (Vec<Entry>, Vec<Entry>) =
            ledger::read(path)?.into_iter().partition(|entry| entry.run == *run);
        if entries.is_empty() {
            return Ok(ledger::replace(path, &of_others)?);
        }
        if self.keep || !interrupt.resume() {
            let why = if self.keep { "kept" } else { "left, because the run was interrupted" };
            tell(format_args!("what was pushed is {why}; to remove it: manifuzz cleanup {}", path.display()));
            return Ok(());
        }
        interrupt.after(left.unwrap_or(MOST));
        for (number, target) in targets.iter().enumerate() {
            let Some(address) = opener.address(target)? else { continue };
            if given_up.get(number) == Some(&true) {
                let (url, path) = (address.url(), path.display());
                tell(format_args!("{url}: what was pushed is left there; to remove it: manifuzz cleanup {path}"));
                continue;
            }
            let of_target: Vec<Entry> = entries.iter().filter(|one| one.target == address.url()).cloned().collect();
            if !of_target.is_empty() && !remove(opener, target, &address.url(), &of_target, path)? {
                tell(format_args!("to try again: manifuzz cleanup {}", path.display()));
            }
        }
        Ok(())
    }
}

//! What a program lists on its standard output.

use super::adapter::{Prints, Task};
use super::sandbox::Ended;
use crate::exchange::client::{Ending, Operation};
use crate::model::DigestForm;

/// The digests or tags in standard output, if that names them.
pub(super) fn listed(task: &Task, operation: Operation, ended: &Ended) -> Option<Vec<String>> {
    if !matches!(operation, Operation::List | Operation::Tags)
        || ended.ending != Ending::Exit(0)
        || !ended.output_is_complete
    {
        return None;
    }
    let text = String::from_utf8_lossy(&ended.output);
    let words = text.split(|c: char| c.is_whitespace() || "\",[]{}()".contains(c)).filter(|word| !word.is_empty());
    Some(match task.prints? {
        Prints::Digests => digests_in(words),
        Prints::Tags => words.map(str::to_owned).collect(),
    })
}

/// Every digest, each once, also behind `@`.
fn digests_in<'w>(words: impl Iterator<Item = &'w str>) -> Vec<String> {
    let mut digests: Vec<String> = Vec::new();
    for word in words {
        let digest = word.rsplit('@').next().unwrap_or(word);
        let is_registered = matches!(DigestForm::of(digest), DigestForm::Sha256 | DigestForm::Sha512);
        if is_registered && digests.iter().all(|known| known != digest) {
            digests.push(digest.to_owned());
        }
    }
    digests
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_found_once_and_behind_references() {
        let digest = crate::exchange::sha256(b"x");
        let text = format!("a@{digest} {digest} sha256:0 name:tag");
        assert_eq!(digests_in(text.split(' ')), [digest]);
    }
}

//! `manifuzz rules --verify-clauses DIR`: checks the table of clauses against the pages of the specifications.

use std::path::Path;

use crate::cli::{Output, tell};
use crate::error::{Error, Input};
use crate::model::{Clauses, Page, Version};

/// Prints the counts and the problems. Returns exit code 1 if there are problems.
pub(super) fn verify(directory: &Path, output: &Output) -> Result<u8, Error> {
    let pages = pages(directory)?;
    let (wrong, tallies) = Clauses::own()?.verify(&pages);
    for ((document, version), tally) in &tallies {
        Output::print(&if output.is_pretty() {
            format!("{document} {version}: {tally}")
        } else {
            serde_json::json!({
                "document": document,
                "version": version.to_string(),
                "key_words": tally.key_words,
                "sentences": tally.sentences,
                "judged": tally.judged,
            })
            .to_string()
        })?;
    }
    wrong.iter().for_each(|line| tell(format_args!("{line}")));
    if !wrong.is_empty() {
        tell(format_args!("{} problems in corpus/clauses.csv or the pages", wrong.len()));
    }
    Ok(u8::from(!wrong.is_empty()))
}

/// Every page in the subdirectories `NAME-vVERSION` and `NAME-main`.
fn pages(directory: &Path) -> Result<Vec<Page>, Input> {
    let advice = "name a directory with image-spec-v1.1.1, distribution-spec-v1.1.1 etc.";
    let list = |path: &Path| -> Result<Vec<_>, Input> {
        let entries = std::fs::read_dir(path).map_err(|cause| Input::file("read", path, cause, advice))?;
        let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        Ok(paths)
    };
    let mut pages = Vec::new();
    for document in list(directory)? {
        let name = document.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let released = || name.rsplit_once("-v").and_then(|(name, version)| Some((name, version.parse().ok()?)));
        let main = || name.strip_suffix("-main").map(|name| (name, Version::DEV));
        let Some((name, version)) = released().or_else(main) else { continue };
        for file in list(&document)?.into_iter().filter(|file| file.extension().is_some_and(|end| end == "md")) {
            let text = std::fs::read_to_string(&file).map_err(|cause| Input::file("read", &file, cause, advice))?;
            let page = file.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            pages.push(Page { document: name.to_owned(), version, page, text });
        }
    }
    if pages.is_empty() {
        return Err(Input::value(format!("the directory {}", directory.display()), "it contains no pages", advice));
    }
    Ok(pages)
}

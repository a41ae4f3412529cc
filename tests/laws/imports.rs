//! Who may import whom: the table of ARCHITECTURE.md, kept by reading the sources, and no circles of files.
//!
//! An import is a `use` or a path that begins with `crate`, `super` or `self`. Declarations and re-exports in `mod.rs` are
//! not imports, and neither is test code. A path through a re-export counts as an import of the file that defines the item.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Each module and what it may import. `error` and `foreign` are open to all, and `cli` may import everything.
const TABLE: &[(&str, &[&str])] = &[
    ("shape", &[]),
    ("json", &[]),
    ("exchange", &[]),
    ("error", &[]),
    ("foreign", &[]),
    ("generate", &["shape"]),
    ("render", &["shape", "json", "exchange"]),
    ("model", &["json", "exchange"]),
    ("registry", &["json", "exchange"]),
    ("transport", &["exchange", "json", "registry"]),
    ("compare", &["model", "exchange", "json"]),
    ("shrink", &["shape", "json"]),
    ("findings", &["shape", "exchange", "json", "render", "compare"]),
    ("report", &["findings", "compare", "exchange", "generate", "model", "json", "render"]),
    ("consumers", &["shape", "generate", "render", "json", "exchange", "model", "registry", "transport", "report"]),
    (
        "engine",
        &["shape", "generate", "render", "json", "exchange", "model", "registry", "transport", "compare", "shrink"],
    ),
];

/// Modules that every other may import.
const OPEN: [&str; 2] = ["error", "foreign"];

/// A module path below `crate`, such as `["model", "rules", "json"]`.
type Module = Vec<String>;

struct Source {
    file: PathBuf,
    /// Paths that are imported, without the leading `crate`.
    imports: Vec<Module>,
    /// What a `mod.rs` re-exports: the name, and the path it stands for.
    exports: BTreeMap<String, Module>,
}

/// The sources by module.
struct Sources(BTreeMap<Module, Source>);

impl Sources {
    fn read() -> Self {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        collect(&src, &mut files);
        let modules: BTreeSet<Module> = files.iter().map(|file| module_of(file.strip_prefix(&src).unwrap())).collect();
        let mut sources = BTreeMap::new();
        for file in files {
            let module = module_of(file.strip_prefix(&src).unwrap());
            let text = without_tests_and_comments(&std::fs::read_to_string(&file).unwrap());
            let is_mod = file.file_name().is_some_and(|name| name == "mod.rs" || name == "lib.rs");
            let (mut imports, mut exports) = (Vec::new(), BTreeMap::new());
            for (is_public, path) in paths(&text) {
                let Some(path) = absolute(&modules, &module, &path) else { continue };
                if is_public && is_mod {
                    exports.insert(path.last().unwrap().clone(), path);
                } else {
                    imports.push(path);
                }
            }
            sources.insert(module, Source { file, imports, exports });
        }
        Self(sources)
    }

    /// The module that defines what a path names, re-exports followed.
    fn definer(&self, path: &[String]) -> Option<Module> {
        let mut module: Module = Vec::new();
        for (i, name) in path.iter().enumerate() {
            let below: Module = module.iter().chain([name]).cloned().collect();
            if self.0.contains_key(&below) {
                module = below;
            } else {
                let export = self.0.get(&module)?.exports.get(name).filter(|export| export.as_slice() != path);
                return match export {
                    Some(export) => self.definer(&[export.as_slice(), &path[i + 1..]].concat()),
                    None => Some(module),
                };
            }
        }
        Some(module)
    }

    /// Every import of a file by another one, as modules.
    fn edges(&self) -> BTreeMap<&Module, BTreeSet<Module>> {
        let of = |(module, source): (&Module, &Source)| {
            let imported = source.imports.iter().filter_map(|path| self.definer(path));
            imported.filter(|other| other != module && !other.is_empty()).collect()
        };
        self.0.iter().map(|(module, source)| (module, of((module, source)))).collect()
    }
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let is_tests = path.file_name().is_some_and(|name| name == "tests");
        for entry in std::fs::read_dir(path).unwrap().filter(|_| !is_tests) {
            collect(&entry.unwrap().path(), files);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        files.push(path.to_owned());
    }
}

fn module_of(file: &Path) -> Module {
    let names = file.with_extension("");
    let names = names.iter().map(|name| name.to_str().unwrap().to_owned());
    names.filter(|name| !["mod", "lib", "main"].contains(&name.as_str())).collect()
}

/// Everything above the tests of a file, without comments.
fn without_tests_and_comments(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Every `use`, with whether it is a re-export, and every other path that begins with `crate`, `super` or `self`.
fn paths(text: &str) -> Vec<(bool, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut other = String::new();
    while let Some(at) = rest.find("use ") {
        let before = rest[..at].trim_end_matches(' ');
        let starts_item = before.is_empty() || before.ends_with(['\n', ')', '{', '}', ';']) || before.ends_with("pub");
        let end = rest[at..].find(';').map_or(rest.len(), |end| at + end);
        if starts_item {
            let is_public = before.lines().last().is_some_and(|line| line.trim_start().starts_with("pub"));
            expand(rest[at + 4..end].trim(), String::new(), &mut |path| found.push((is_public, path)));
            other.push_str(&rest[..at]);
        } else {
            other.push_str(&rest[..end]);
        }
        rest = &rest[end..];
    }
    other.push_str(rest);
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in other.match_indices(start) {
            if other[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let is_path = |c: &char| c.is_alphanumeric() || *c == '_' || *c == ':';
            let path: String = other[at..].chars().take_while(is_path).collect();
            // `pub(in crate::model)` limits who may see an item.
            if !other[..at].ends_with("(in ") {
                found.push((false, path.trim_end_matches(':').to_owned()));
            }
        }
    }
    found
}

/// The paths of a tree of imports, such as `a::{b, c::{self, d}}`.
fn expand(tree: &str, prefix: String, add: &mut impl FnMut(String)) {
    let Some(open) = tree.find('{') else {
        let path = tree.split(" as ").next().unwrap_or_default().trim();
        let path = if path == "self" { prefix.trim_end_matches("::").to_owned() } else { format!("{prefix}{path}") };
        return add(path);
    };
    let prefix = format!("{prefix}{}", tree[..open].trim());
    let (mut depth, mut start) = (0, open + 1);
    for (at, c) in tree.char_indices().skip(open) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if (c == ',' && depth == 1) || (c == '}' && depth == 0) {
            let part = tree[start..at].trim();
            if !part.is_empty() {
                expand(part, prefix.clone(), add);
            }
            start = at + 1;
        }
    }
}

/// A path from the root of the crate; `None` for other crates. A path may also begin with a child of the module.
fn absolute(modules: &BTreeSet<Module>, module: &[String], path: &str) -> Option<Module> {
    if path.starts_with("::") {
        return None;
    }
    let mut names: Vec<&str> = path.split("::").filter(|name| !name.is_empty()).collect();
    let mut base: Module = match names.first()? {
        &"crate" => Vec::new(),
        &"self" => module.to_vec(),
        &"super" => module[..module.len().checked_sub(1)?].to_vec(),
        child => {
            let child: Module = module.iter().cloned().chain([(*child).to_owned()]).collect();
            return modules.contains(&child).then(|| {
                let rest = names[1..].iter().map(|name| (*name).to_owned());
                child.into_iter().chain(rest).collect()
            });
        }
    };
    names.remove(0);
    while names.first() == Some(&"super") {
        base.pop();
        names.remove(0);
    }
    base.extend(names.into_iter().map(str::to_owned));
    Some(base)
}

#[test]
fn modules_import_only_what_the_table_allows_and_all_of_it() {
    let sources = Sources::read();
    let mut unused: BTreeSet<(&str, &str)> =
        TABLE.iter().flat_map(|(module, allowed)| allowed.iter().map(move |other| (*module, *other))).collect();
    let mut seen = 0;
    for (module, source) in &sources.0 {
        let Some(top) = module.first().filter(|top| *top != "cli") else { continue };
        let (own, allowed) = TABLE.iter().find(|(name, _)| name == top).expect("every module is in the table");
        for path in &source.imports {
            let other = TABLE.iter().map(|(name, _)| *name).find(|name| *name == path[0]).unwrap_or("cli");
            seen += 1;
            unused.remove(&(*own, other));
            let is_allowed = other == *own || OPEN.contains(&other) || allowed.contains(&other);
            assert!(is_allowed, "{} imports {other}", source.file.display());
        }
    }
    assert!(seen > 300, "only {seen} imports were found");
    assert!(unused.is_empty(), "the table allows what nothing imports: {unused:?}");
}

#[test]
fn files_import_each_other_in_no_circle() {
    let sources = Sources::read();
    let edges = sources.edges();
    // Every file that can reach itself is on a circle.
    let reaches = |from: &Module| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(module) = open.pop() {
            for next in edges.get(&module).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    open.push(next.clone());
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&Module, BTreeSet<Module>> = edges.keys().map(|module| (*module, reaches(module))).collect();
    let circles: BTreeSet<Vec<String>> = (edges.keys().filter(|module| reached[*module].contains(**module)))
        .map(|module| {
            let members = reached[module].iter().filter(|other| reached[other].contains(*module));
            members.map(|member| member.join("::")).collect()
        })
        .collect();
    assert!(circles.is_empty(), "files import each other: {circles:#?}");
}

#[test]
fn a_re_export_is_followed_to_the_file_that_defines_the_item() {
    let sources = Sources::read();
    let definer = |path: &str| sources.definer(&path.split("::").map(str::to_owned).collect::<Vec<_>>()).unwrap();
    assert_eq!(definer("exchange::Answer").join("::"), "exchange::observation");
    assert_eq!(definer("shape::SlotId::KIND").join("::"), "shape::slot");
}

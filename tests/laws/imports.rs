//! Who may import whom: the table of ARCHITECTURE.md, kept by reading the sources.

use std::path::Path;

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
    ("shrink", &["shape"]),
    ("findings", &["shape", "exchange", "json", "render", "compare"]),
    ("report", &["findings", "compare", "model", "exchange", "generate"]),
    ("consumers", &["shape", "generate", "render", "exchange", "model"]),
    (
        "engine",
        &[
            "shape",
            "generate",
            "render",
            "json",
            "exchange",
            "model",
            "registry",
            "transport",
            "compare",
            "shrink",
            "findings",
        ],
    ),
];

/// Modules that every other may import.
const OPEN: [&str; 2] = ["error", "foreign"];

fn sources(path: &Path, found: &mut Vec<std::path::PathBuf>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            sources(&entry.unwrap().path(), found);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        found.push(path.to_owned());
    }
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = 0;
    for (module, allowed) in TABLE {
        let mut files = Vec::new();
        sources(&src.join(module), &mut files);
        files.extend(Some(src.join(format!("{module}.rs"))).filter(|file| file.is_file()));
        assert!(!files.is_empty(), "there is no module {module}");
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            for imported in text.split("crate::").skip(1) {
                let name: String = imported.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                seen += 1;
                let fine = name == *module || OPEN.contains(&name.as_str()) || allowed.contains(&name.as_str());
                assert!(fine, "{} imports {name}, which the table does not allow", file.display());
            }
        }
    }
    assert!(seen > 50, "the sources were read");
}

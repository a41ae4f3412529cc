//! The profiles of the seed answer as its table says.

use std::path::PathBuf;

use http::Method;
use serde_json::json;

use super::{Client, body, with};
use crate::exchange::{IMAGE_MANIFEST, sha256};
use crate::registry::{Registry, profiles};

#[test]
fn every_certain_cell_of_the_seed_comes_out() {
    let seed = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/seed");
    let Ok(mut table) = csv::Reader::from_path(seed.join("table.csv")) else {
        println!("skipped: there is no {}", seed.display());
        return;
    };
    let rows: Vec<csv::StringRecord> = table.records().map(|row| row.expect("a row")).collect();
    for profile in profiles().filter(|profile| profile.seed) {
        let cells: Vec<_> = rows.iter().filter(|row| row[0] == *"registry" && row[1] == profile.name).collect();
        assert!(!cells.is_empty(), "{} is no row of the table", profile.name);
        for cell in cells.into_iter().filter(|cell| cell[6] == *"certain") {
            let client = Client(Registry::new(&profile));
            let text = std::fs::read(seed.join("manifests").join(format!("{}.json", &cell[2]))).expect("a flavour");
            let mut flavour: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
            client.blob("a/b", b"{}");
            let empty = client.send(Method::POST, &format!("/v2/r/blobs/uploads/?digest={}", sha256(b"")), &[], b"");
            // The picture of the seed is not at hand: another blob stands for it.
            let picture = client.blob("image/gif", b"GIF89a");
            if flavour["layers"][0]["mediaType"] == "image/gif" {
                flavour = with(&flavour, "/layers/0", picture);
            }
            let response = client.put("t", IMAGE_MANIFEST, flavour.to_string().as_bytes());
            let outcome = if response.status() == 201 { "accepted" } else { "rejected" };
            let name = format!("{} {}", profile.name, &cell[2]);
            assert_eq!((empty.status().as_u16(), &cell[3]), (201, outcome), "{name}: {response:?}");
            let errors = body(&response);
            // Clients print the code in lower case before the message; the table holds what they print.
            let message = cell[5].strip_prefix("unsupported: ").unwrap_or(&cell[5]);
            let wanted = if message.is_empty() { json!(null) } else { json!(message) };
            assert_eq!(errors["errors"][0]["message"], wanted, "{name}");
        }
    }
}

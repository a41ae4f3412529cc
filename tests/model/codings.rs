//! Answers with a content coding are compared decoded.

use bytes::Bytes;
use manifuzz::compare::{Grade, compare};
use manifuzz::exchange::{Capabilities, Observation, Probe, Reply};
use manifuzz::model::{Party, Versions, judge};

use crate::answering::*;

/// No request asks for a coding, so a coded body is decoded for the comparison, and noted.
#[test]
fn an_answer_in_a_coding_is_compared_decoded() {
    let found = |change: fn(&mut Observation)| {
        let (exchange, mut seen) = fired("afterwards=get-blob;subject=present");
        change(&mut seen);
        let judgement = judge(&exchange, &seen.facts, Party::Registry, Versions::V1_1);
        let found = compare(&exchange, &judgement, &seen, &Capabilities::ALL, Versions::V1_1);
        found
            .iter()
            .map(|one| format!("{} {} {}", one.symptom.stage, one.symptom.class.as_str(), one.grade))
            .collect::<Vec<_>>()
    };
    let noted = ["manifest-get inconsistent note"];
    assert_eq!(found(|seen| gzip(answer(seen, &GET))), noted);
    let every = found(|seen| {
        for (_, reply) in &mut seen.replies {
            let Reply::Answer(answer) = reply else { panic!() };
            gzip(answer);
        }
    });
    assert!(every.len() > 4 && every.iter().all(|one| one.ends_with("inconsistent note")), "{every:?}");
    // Content-Length is that of the coded body.
    let head = found(|seen| {
        set(answer(seen, &HEAD), "content-encoding", "gzip");
        set(answer(seen, &HEAD), "content-length", "7");
    });
    assert_eq!(head, ["manifest-head inconsistent note"]);
    let altered = found(|seen| {
        replace(answer(seen, &GET), ":2,", ": 2,");
        gzip(answer(seen, &GET));
    });
    assert_eq!(altered, ["manifest-get altered violation", noted[0]]);
    // Not gzip, whatever the header says: compared as it came. An unknown coding, or too much content: not compared.
    assert_eq!(found(|seen| set(answer(seen, &GET), "content-encoding", "gzip")), noted);
    let unknown = |seen: &mut Observation| {
        body(answer(seen, &GET), "coded");
        set(answer(seen, &GET), "content-encoding", "br");
    };
    assert_eq!(found(unknown), noted);
    let long = |seen: &mut Observation| {
        answer(seen, &GET).body = Bytes::from(vec![b' '; 64 << 20]);
        gzip(answer(seen, &GET));
    };
    assert_eq!(found(long), noted);
    // Error codes are read from the decoded body.
    let (exchange, mut seen) = fired("schemaVersion=1");
    refuse(&mut seen, 400, r#"{"errors":[{"code":"NO"}]}"#);
    gzip(answer(&mut seen, &Probe::Put));
    let judgement = judge(&exchange, &seen.facts, Party::Registry, Versions::V1_1);
    let found = compare(&exchange, &judgement, &seen, &Capabilities::ALL, Versions::V1_1);
    assert!(found.iter().any(|one| one.symptom.code == "NO" && one.grade == Grade::Violation), "{found:#?}");
    assert_eq!(manifuzz::compare::words_of(answer(&mut seen, &Probe::Put)).0, "NO");
}

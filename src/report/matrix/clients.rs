//! The rows of a client program in the table: one for pulls and one for pushes, with what the table of 2023 said.

use std::sync::LazyLock;

use super::cells::{Cell, CellOutcome};
use crate::error::Trouble;
use crate::exchange::Observation;
use crate::exchange::client::{Operation, Outcome};
use crate::foreign::escaped;

/// The rows of a client program, in the order of the table.
pub const CLIENT_ROWS: [Operation; 2] = [Operation::Pull, Operation::Push];

/// What the table of image-spec#1025 said of a client.
struct Said {
    client: String,
    version: String,
    flavour: String,
    outcome: String,
    remark: String,
    /// Why this differs from what is tested here.
    difference: String,
}

/// The client rows of that table.
static SAID: LazyLock<Vec<Said>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(&include_bytes!("../../../corpus/clients_2023.csv")[..]);
    let said = |row: csv::StringRecord| {
        let column = |at: usize| row.get(at).unwrap_or_default().to_owned();
        Said {
            client: column(0),
            version: column(1),
            flavour: column(2),
            outcome: column(3),
            remark: column(4),
            difference: column(5),
        }
    };
    reader.records().filter_map(Result::ok).map(said).collect()
});

impl Cell {
    /// The cell of a flavour in one operation of a client program, of this version.
    pub fn of_client(
        client: &str,
        version: &str,
        flavour: &str,
        shape: &str,
        operation: Operation,
        seen: &Result<Observation, Trouble>,
    ) -> Self {
        let empty = Self::empty(flavour, shape);
        let run = match seen {
            Ok(seen) => seen.runs.iter().find(|run| run.operation == operation),
            Err(trouble) => return Cell { message: escaped(&trouble.cause).into_owned(), ..empty },
        };
        let Some(run) = run else {
            let message = format!("the adapter does not say how to {operation}");
            return Cell { message, ..empty };
        };
        let outcome = match &run.outcome {
            Outcome::Stored => CellOutcome::Accepted,
            Outcome::Refused | Outcome::Crashed | Outcome::Hung | Outcome::Unsupported => CellOutcome::Rejected,
            Outcome::NotTested(why) => return Cell { message: why.clone(), ..empty },
        };
        let is_refused = outcome == CellOutcome::Rejected;
        Cell {
            outcome,
            stage: Some(operation.stage()),
            error_code: if is_refused { run.ending.to_string() } else { String::new() },
            message: if is_refused { run.last_line.clone() } else { String::new() },
            note: difference(client, version, flavour, outcome),
            ..empty
        }
    }
}

/// What the table of 2023 said, if it said something else.
fn difference(client: &str, version: &str, flavour: &str, outcome: CellOutcome) -> Option<String> {
    let said = SAID.iter().find(|said| said.client == client && said.flavour == flavour)?;
    if said.outcome == outcome.as_str() {
        return None;
    }
    let remark = if said.remark.is_empty() { String::new() } else { format!(" ({})", said.remark) };
    let why = if said.difference.is_empty() { String::new() } else { format!("; {}", said.difference) };
    let now = format!("{} by {version}", outcome.as_str());
    Some(format!("{now}, in 2023 {} by {}{remark}{why}", said.outcome, said.version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_from_2023_has_a_note() {
        let note = |outcome| difference("docker", "20.10.24", "no-layers", outcome);
        assert_eq!(note(CellOutcome::Accepted), None);
        let differs = note(CellOutcome::Rejected).expect("a note");
        assert!(differs.starts_with("rejected by 20.10.24, in 2023 accepted by 20.10.21 (if made with"), "{differs}");
        assert_eq!(difference("crane", "1", "no-layers", CellOutcome::Rejected), None);
        let count = |client: &str| SAID.iter().filter(|said| said.client == client).count();
        assert_eq!([count("docker"), count("skopeo")], [7, 7]);
    }
}

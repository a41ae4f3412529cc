//! The last line that a program prints, without what differs from run to run.

use super::sandbox::Folder;
use super::server::CaseServer;
use crate::foreign::{bounded, escaped};

/// The longest last line, in characters.
const LAST_LINE: usize = 500;

/// The last line that is not blank, escaped and bounded, without what differs from run to run.
pub(super) fn last_line(error_output: &[u8], server: &CaseServer, folder: &Folder) -> String {
    let text = String::from_utf8_lossy(error_output);
    let line = text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut line = line.trim().to_owned();
    let scratch = folder.watched().to_string_lossy().into_owned();
    for (name, value) in [("{out}", folder.out()), ("{home}", folder.home()), ("{layout}", folder.layout())] {
        line = line.replace(&*value.to_string_lossy(), name);
    }
    let line = line.replace(&scratch, "{scratch}").replace(server.registry(), "{registry}");
    bounded(&escaped(&without_ports(&line)), LAST_LINE)
}

/// The text without ports behind loopback addresses, and without times at its start.
fn without_ports(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("127.0.0.") {
        let end = at + rest[at..].find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len() - at);
        out.push_str(&rest[..end]);
        rest = &rest[end..];
        if let Some(port) = rest.strip_prefix(':') {
            let digits = port.find(|c: char| !c.is_ascii_digit()).unwrap_or(port.len());
            if digits > 0 {
                out.push_str(":PORT");
                rest = &port[digits..];
            }
        }
    }
    out.push_str(rest);
    without_time(&out)
}

/// Logrus, slog and Go's log begin lines with the time; logrus quotes it.
fn without_time(line: &str) -> String {
    if let Some(rest) = line.strip_prefix("time=") {
        let (quoted, end) = rest.strip_prefix('"').map_or((rest, " "), |quoted| (quoted, "\" "));
        if let Some((_, rest)) = quoted.split_once(end) {
            return rest.to_owned();
        }
    }
    let is_digit = |at: usize| line.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let is_stamp = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12].into_iter().all(is_digit) && line.get(4..5) == Some("/");
    if is_stamp { line.get(20..).unwrap_or(line).to_owned() } else { line.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_run_to_run_is_left_out_of_the_last_line() {
        for (line, kept) in [
            ("2026/11/27 14:00:01 pulling 127.0.0.1:4321/a: no", "pulling 127.0.0.1:PORT/a: no"),
            ("time=\"2026-11-27T14:00:01Z\" level=fatal msg=\"no\"", "level=fatal msg=\"no\""),
            ("time=2026-11-27T14:00:01.592Z level=WARN msg=no", "level=WARN msg=no"),
            ("dial tcp 127.0.0.2:1: refused, 127.0.0.3", "dial tcp 127.0.0.2:PORT: refused, 127.0.0.3"),
        ] {
            assert_eq!(without_ports(line), kept);
        }
    }
}

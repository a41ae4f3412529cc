//! The texts of the command line: help, usual invocations and usual errors, each command with its output as a file in
//! `cases`. `TRYCMD=overwrite cargo test --test command texts` writes what changed.

use std::time::Duration;

#[test]
fn commands_print_their_recorded_output() {
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    let cases = trycmd::TestCases::new();
    cases
        .register_bin("manifuzz", trycmd::schema::Bin::Path(env!("CARGO_BIN_EXE_manifuzz").into()))
        .insert_var("[TODAY]", today)
        .unwrap()
        .insert_var("[VERSION]", env!("CARGO_PKG_VERSION"))
        .unwrap()
        .env("GITHUB_STEP_SUMMARY", "")
        .env("GITHUB_OUTPUT", "")
        .timeout(Duration::from_secs(60))
        .case("tests/command/cases/*.trycmd");
}

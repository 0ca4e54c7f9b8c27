//! The judge on transcripts that never were: what each row of the tables of verdicts comes to. Transcripts as JSON files, a role a
//! folder, stand in `tests/transcripts` and are judged there; these here are put together in a line each.

#[path = "judge_tests/arbitrary.rs"]
mod arbitrary;
#[path = "judge_tests/combined.rs"]
mod combined;
#[path = "judge_tests/echoed.rs"]
mod echoed;
#[path = "judge_tests/endings.rs"]
mod endings;
#[path = "judge_tests/incomplete.rs"]
mod incomplete;
#[path = "judge_tests/malformed.rs"]
mod malformed;
#[path = "judge_tests/outcomes.rs"]
mod outcomes;
#[path = "judge_tests/playing.rs"]
pub(crate) mod playing;
#[path = "judge_tests/roles.rs"]
mod roles;
#[path = "judge_tests/well_formed.rs"]
mod well_formed;

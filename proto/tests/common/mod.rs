//! What several tests share.
#![allow(dead_code)] // each of them uses a part

pub(crate) mod generate;
pub(crate) mod naive;
pub(crate) mod observe;
pub(crate) mod samples;
pub(crate) mod table;

//! What runs on a board: measure, judge, spool, talk to the coordinator. Knows no predictor.
//!
//! | module | what |
//! |---|---|
//! | [`measure`] | how a model is timed: pure, but for the clock |
//! | [`backend`] | what runs a model: a registry of runtimes, a folder for each |
//! | [`worker`] | a measurement in a child process, within limits |
//! | [`board`] | facts, sensors and controls of the machine |
//! | [`dialogue`] | the agent's side of the protocol as a state machine without I/O |
//! | [`link`], [`spool`], [`cache`] | HTTP, results not yet acknowledged, models by hash |
//! | [`service`] | drives the dialogue with real I/O: `tenshot-agent run` |
//! | [`cli`] | the command line, shared with `tenshot agent` |

pub mod backend;
pub mod board;
pub mod cache;
pub mod cli;
pub mod dialogue;
pub mod link;
pub mod measure;
mod result_body;
pub mod service;
pub mod spool;
pub mod worker;

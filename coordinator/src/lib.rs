//! What runs in the lab: devices, campaigns, measurements, adaptation, API, reports, and the `tenshot` command line.
//!
//! | module | what |
//! |---|---|
//! | [`domain`] | rules without I/O: how a campaign becomes tasks, what follows an attempt, what an embedding is |
//! | [`store`] | SQLite and files named by hash; the only place with SQL |
//! | [`service`] | the verbs: domain rules over the store |
//! | [`http`] | the API over the verbs |
//! | [`client`] | the API from the other side |
//! | [`report`] | campaigns and trainings as HTML pages, and charts |
//! | [`cli`] | the `tenshot` command line |

pub mod cli;
pub mod client;
pub mod domain;
pub mod http;
pub mod report;
pub mod service;
pub mod store;

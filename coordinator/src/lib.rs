//! What runs in the lab: devices, campaigns, measurements, adaptation, API and reports.
//!
//! | module | what |
//! |---|---|
//! | [`domain`] | rules without I/O: how a campaign becomes tasks, what follows an attempt, what an embedding is |
//! | [`store`] | SQLite and files named by hash; the only place with SQL |
//! | [`service`] | the verbs: domain rules over the store |
//! | [`http`] | the API over the verbs |
//! | [`report`] | campaigns and trainings as HTML pages, and charts |

pub mod domain;
pub mod http;
pub mod report;
pub mod service;
pub mod store;

//! Facts, sensors and controls of the machine.
//!
//! Everything is read below a [`Root`] that tests can move. A sensor that a machine lacks is
//! [`Reading::Unknown`](tenshot_measurement::Reading::Unknown), never an error.

mod conditions;
pub mod control;
mod cpu;
mod facts;
mod load;
mod memory;
mod power;
mod root;
mod thermal;

pub use conditions::conditions;
pub use facts::facts;
pub use load::{ProcessorTime, other_load};
pub use memory::peak_bytes;
pub use root::Root;

#[cfg(test)]
mod tree;

//! Training on the devices of a pool, episode by episode: what `help` and `anp` have in common.

mod encoded_devices;

pub(crate) use encoded_devices::encode_training;

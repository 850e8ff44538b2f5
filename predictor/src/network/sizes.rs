//! Sizes of a network's encoders and header.

/// How architectures are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EncoderKind {
    /// Four graph convolutions; the embedding is the state of the global node.
    Graph,
    /// Two linear layers.
    Flat,
}

impl EncoderKind {
    /// The number of layers.
    pub(crate) const fn layers(self) -> usize {
        match self {
            Self::Graph => 4,
            Self::Flat => 2,
        }
    }
}

/// Sizes of the network (Table B.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// How architectures are read.
    pub(crate) encoder: EncoderKind,
    /// Features per node or architecture.
    pub(crate) features: usize,
    /// Reference latencies in the hardware embedding.
    pub(crate) references: usize,
    /// Width of both encoders.
    pub(crate) encoder_width: usize,
    /// Width of the header.
    pub(crate) header_width: usize,
    /// Whether the header is given the device.
    pub(crate) device_condition: bool,
}

impl Sizes {
    /// The paper's.
    pub(crate) const fn paper(encoder: EncoderKind, features: usize) -> Self {
        Self { encoder, features, references: 10, encoder_width: 100, header_width: 200, device_condition: true }
    }
}

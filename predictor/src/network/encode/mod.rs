//! Architectures of each space in the form that its encoder reads.

mod fbnet;
mod hat;
mod mobilenetv3;
mod nasbench201;

use tenshot_onnx_models::{Architecture, Space};

use super::encoded::Encoded;
use super::matrix::Matrix;
use super::sizes::{EncoderKind, Sizes};

/// The paper's sizes for a space; `None` where it has no encoding yet.
pub(crate) fn sizes(space: Space) -> Option<Sizes> {
    match space {
        Space::NasBench201 => Some(Sizes::paper(EncoderKind::Graph, nasbench201::KINDS)),
        Space::FbNet => Some(Sizes::paper(EncoderKind::Flat, fbnet::FEATURES)),
        Space::MobileNetV3 => Some(Sizes::paper(EncoderKind::Flat, mobilenetv3::FEATURES)),
        Space::Hat => Some(Sizes::paper(EncoderKind::Flat, hat::FEATURES)),
    }
}

/// Architectures of one space as its encoder reads them; `None` where one is of another space, or
/// the space has no encoding yet.
pub(crate) fn encode(space: Space, architectures: &[Architecture]) -> Option<Encoded> {
    match space {
        Space::NasBench201 => {
            let cells: Option<Vec<_>> = architectures.iter().map(Architecture::as_cell).collect();
            Some(nasbench201::encode(&cells?))
        }
        Space::FbNet => encode_flat(fbnet::FEATURES, architectures, fbnet::encode, |one| match one {
            Architecture::FbNet(network) => Some(network),
            Architecture::NasBench201(_) | Architecture::MobileNetV3(_) | Architecture::Hat(_) => None,
        }),
        Space::MobileNetV3 => encode_flat(mobilenetv3::FEATURES, architectures, mobilenetv3::encode, |one| match one {
            Architecture::MobileNetV3(network) => Some(network),
            Architecture::NasBench201(_) | Architecture::FbNet(_) | Architecture::Hat(_) => None,
        }),
        Space::Hat => encode_flat(hat::FEATURES, architectures, hat::encode, |one| match one {
            Architecture::Hat(transformer) => Some(transformer),
            Architecture::NasBench201(_) | Architecture::FbNet(_) | Architecture::MobileNetV3(_) => None,
        }),
    }
}

/// One row of features for each architecture: zeros that `encode` writes into.
fn encode_flat<T>(
    features: usize,
    architectures: &[Architecture],
    encode: impl Fn(&T, &mut [f32]),
    of_space: impl Fn(&Architecture) -> Option<&T>,
) -> Option<Encoded> {
    let mut rows = Matrix::zeros(architectures.len(), features);
    for (place, one) in architectures.iter().enumerate() {
        encode(of_space(one)?, rows.row_mut(place));
    }
    Some(Encoded::flat(rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_space_with_sizes_has_an_encoding_that_tells_architectures_apart() {
        for &space in Space::ALL {
            let Some(sizes) = sizes(space) else { continue };
            let architectures = space.sample(3, 50).unwrap();
            let encoded = encode(space, &architectures).unwrap();
            assert_eq!((encoded.count(), encoded.features.columns()), (50, sizes.features));
            if sizes.encoder == EncoderKind::Flat {
                let rows = (0..50).map(|row| encoded.features.row(row).iter().map(|one| one.to_bits()).collect());
                let rows: std::collections::HashSet<Vec<u32>> = rows.collect();
                assert_eq!(rows.len(), 50);
            }
        }
        assert_eq!(encode(Space::FbNet, &Space::NasBench201.sample(1, 1).unwrap()), None);
    }
}

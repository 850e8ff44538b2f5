//! Transformers of HAT as the ten features of its published files.

use tenshot_onnx_models::spaces::hat::Transformer;

pub(super) const FEATURES: usize = 10;

/// Mean and deviation of each feature over HAT's published rows, which are drawn as the space is
/// sampled. Every encoder has six layers.
const PUBLISHED: [(f32, f32); FEATURES] = [
    (576.0, 64.0),
    (6.0, 1.0),
    (1666.0, 400.0),
    (4.67, 1.03),
    (576.0, 64.0),
    (3.5, 1.71),
    (1669.0, 634.0),
    (4.67, 1.6),
    (4.67, 1.59),
    (2.0, 0.524),
];

/// Writes a Transformer's features into a row, in the order of the files' columns, each less its
/// mean and divided by its deviation: of the encoder the embedding, the number of layers, and over
/// these the mean feed-forward width and heads; of the decoder the same, then the mean heads and
/// the mean number of encoder layers of the attention to the encoder.
pub(super) fn encode(transformer: &Transformer, row: &mut [f32]) {
    let (encoder, decoder) = (transformer.encoder_layers(), transformer.decoder_layers());
    let features = [
        transformer.encoder_embedding().into(),
        encoder.len() as f32,
        mean(encoder.iter().map(|layer| layer.feed_forward.into())),
        mean(encoder.iter().map(|layer| layer.heads.into())),
        transformer.decoder_embedding().into(),
        decoder.len() as f32,
        mean(decoder.iter().map(|layer| layer.feed_forward.into())),
        mean(decoder.iter().map(|layer| layer.self_heads.into())),
        mean(decoder.iter().map(|layer| layer.cross_heads.into())),
        mean(decoder.iter().map(|layer| layer.span.into())),
    ];
    let standardised =
        features.into_iter().zip(PUBLISHED).map(|(feature, (mean, deviation))| (feature - mean) / deviation);
    row.iter_mut().zip(standardised).for_each(|(value, feature)| *value = feature);
}

fn mean(values: impl ExactSizeIterator<Item = f32>) -> f32 {
    let count = values.len() as f32;
    values.sum::<f32>() / count
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tenshot_onnx_models::spaces::hat::{DecoderLayer, EncoderLayer};
    use tenshot_onnx_models::{Architecture, Space};

    use super::*;
    use crate::pool::Pool;

    #[test]
    fn features_are_means_over_the_layers_that_there_are() {
        let encoder = [EncoderLayer { feed_forward: 1024, heads: 8 }; 6];
        let layer = |heads, span| DecoderLayer { feed_forward: 2048, self_heads: heads, cross_heads: 4, span };
        let transformer = Transformer::new(640, 512, encoder, &[layer(4, 1), layer(8, 2)]).unwrap();
        let mut row = [0.0; FEATURES];
        encode(&transformer, &mut row);
        let features: Vec<f32> =
            row.iter().zip(PUBLISHED).map(|(value, (mean, deviation))| value * deviation + mean).collect();
        let expected = [640.0, 6.0, 1024.0, 8.0, 512.0, 2.0, 2048.0, 6.0, 4.0, 1.5];
        assert!(features.iter().zip(expected).all(|(a, b): (&f32, f32)| (a - b).abs() < 1e-3), "{features:?}");
    }

    /// Means are near zero, and deviations near one.
    fn assert_standardised(architectures: &[Architecture], tolerance: f32) {
        let mut rows = Vec::new();
        for one in architectures {
            let Architecture::Hat(transformer) = one else { unreachable!() };
            let mut row = [0.0; FEATURES];
            encode(transformer, &mut row);
            rows.push(row);
        }
        for feature in (0..FEATURES).filter(|feature| *feature != 1) {
            let average = mean(rows.iter().map(|row| row[feature]));
            let variance = mean(rows.iter().map(|row| (row[feature] - average).powi(2)));
            assert!(
                average.abs() < tolerance && (variance.sqrt() - 1.0).abs() < tolerance,
                "{feature}: {average} {variance}"
            );
        }
    }

    #[test]
    fn the_space_is_standardised() {
        assert_standardised(&Space::Hat.sample(0, 4000).unwrap(), 0.06);
    }

    #[test]
    fn the_published_rows_are_standardised() {
        let Some(shared) = std::env::var_os("TENSHOT_SHARED") else {
            println!("skipped: TENSHOT_SHARED is not set");
            return;
        };
        let pool = Pool::read(&Path::new(&shared).join("data/hat"), Space::Hat).unwrap();
        let rows: Vec<Architecture> =
            pool.devices().iter().flat_map(|device| pool.architectures_of(device).to_vec()).collect();
        assert_standardised(&rows, 0.01);
    }
}

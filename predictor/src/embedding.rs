//! The hardware embedding: a device as its latencies at the references (paper, Eq. 3).

/// The reference latencies of one device, min-max standardised over those references to [0, 1].
///
/// `None` where the embedding is undefined: no latencies, or all of them equal.
pub fn hardware_embedding(reference_latencies_ms: &[f64]) -> Option<Vec<f64>> {
    let low = reference_latencies_ms.iter().copied().fold(f64::INFINITY, f64::min);
    let high = reference_latencies_ms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let range = high - low;
    (range > 0.0 && range.is_finite())
        .then(|| reference_latencies_ms.iter().map(|latency| (latency - low) / range).collect())
}

/// Euclidean distance of two embeddings over the same references.
pub fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_zero_to_one_and_forgets_scale_and_offset() {
        assert_eq!(hardware_embedding(&[2.0, 6.0, 4.0]), Some(vec![0.0, 1.0, 0.5]));
        assert_eq!(hardware_embedding(&[2.0, 6.0, 4.0]), hardware_embedding(&[11.0, 13.0, 12.0]));
    }

    #[test]
    fn is_undefined_where_all_latencies_are_equal() {
        assert_eq!(hardware_embedding(&[2.0, 2.0]), None);
        assert_eq!(hardware_embedding(&[]), None);
        assert_eq!(hardware_embedding(&[1.0, f64::NAN, f64::INFINITY]), None);
    }

    #[test]
    fn distance_is_euclidean() {
        assert_eq!(distance(&[0.0, 1.0], &[3.0, 5.0]), 5.0);
    }
}

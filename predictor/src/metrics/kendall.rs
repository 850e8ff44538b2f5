//! Kendall's tau-b in n log n (Knight, 1966).

/// Kendall's tau-b of two lists, -1 to 1; ties on either side are corrected for.
///
/// Lists of different lengths are compared over the shorter one. Where one side ranks nothing
/// the answer is 0.
pub fn kendall(a: &[f64], b: &[f64]) -> f64 {
    let mut pairs: Vec<(f64, f64)> = a.iter().copied().zip(b.iter().copied()).collect();
    pairs.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.total_cmp(&y.1)));
    let all = pair_count(pairs.len());
    let tied_a: u64 = pairs.chunk_by(|x, y| x.0 == y.0).map(|run| pair_count(run.len())).sum();
    let tied_both: u64 = pairs.chunk_by(|x, y| x == y).map(|run| pair_count(run.len())).sum();

    let mut second: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
    let mut buffer = second.clone();
    let discordant = sort_counting_swaps(&mut second, &mut buffer);
    let tied_b: u64 = second.chunk_by(|x, y| x == y).map(|run| pair_count(run.len())).sum();

    let untied = (all - tied_a) as f64 * (all - tied_b) as f64;
    if untied <= 0.0 {
        return 0.0;
    }
    let comparable = (all + tied_both) as f64 - (tied_a + tied_b) as f64;
    (comparable - 2.0 * discordant as f64) / untied.sqrt()
}

fn pair_count(items: usize) -> u64 {
    let items = items as u64;
    items * items.saturating_sub(1) / 2
}

/// Merge-sorts `values` and counts the pairs that stood in the wrong order.
fn sort_counting_swaps(values: &mut [f64], buffer: &mut [f64]) -> u64 {
    let middle = values.len() / 2;
    if middle == 0 {
        return 0;
    }
    let mut swaps = {
        let (left, right) = values.split_at_mut(middle);
        let (left_buffer, right_buffer) = buffer.split_at_mut(middle);
        sort_counting_swaps(left, left_buffer) + sort_counting_swaps(right, right_buffer)
    };
    let (mut left, mut right) = (0, middle);
    for slot in buffer.iter_mut() {
        let take_right = right < values.len() && (left == middle || values[right] < values[left]);
        if take_right {
            *slot = values[right];
            right += 1;
            swaps += (middle - left) as u64;
        } else {
            *slot = values[left];
            left += 1;
        }
    }
    values.copy_from_slice(buffer);
    swaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert, proptest};

    /// The definition, in n squared.
    fn by_definition(a: &[f64], b: &[f64]) -> f64 {
        let (mut concordance, mut untied_a, mut untied_b) = (0.0, 0.0, 0.0);
        for i in 0..a.len() {
            for j in 0..i {
                let sign_a = (a[i] - a[j]).partial_cmp(&0.0).map_or(0, |o| o as i32);
                let sign_b = (b[i] - b[j]).partial_cmp(&0.0).map_or(0, |o| o as i32);
                concordance += f64::from(sign_a * sign_b);
                untied_a += f64::from(sign_a.abs());
                untied_b += f64::from(sign_b.abs());
            }
        }
        if untied_a * untied_b > 0.0 { concordance / f64::sqrt(untied_a * untied_b) } else { 0.0 }
    }

    #[test]
    fn agrees_with_values_worked_out_by_hand() {
        assert_eq!(kendall(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0]), 1.0);
        assert_eq!(kendall(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]), -1.0);
        // Five pairs of six agree, one does not.
        assert!((kendall(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 4.0]) - 4.0 / 6.0).abs() < 1e-12);
        assert_eq!(kendall(&[1.0, 1.0], &[1.0, 2.0]), 0.0);
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pairs in proptest::collection::vec((0u8..9, 0u8..9), 0..70)) {
            let (a, b): (Vec<f64>, Vec<f64>) =
                pairs.iter().map(|&(x, y)| (f64::from(x), f64::from(y))).unzip();
            prop_assert!((kendall(&a, &b) - by_definition(&a, &b)).abs() < 1e-12);
        }
    }
}

//! Elements of small tensors, put into another order.

use super::tensor::{MOST_KNOWN, elements};

/// The elements of a tensor of shape `to`, each found by its place there; nothing where there are
/// many, or where a place leads nowhere.
pub(super) fn pick(known: &[f64], to: &[usize], place: impl Fn(&[usize]) -> Option<usize>) -> Option<Vec<f64>> {
    let count = elements(to);
    if count > MOST_KNOWN {
        return None;
    }
    let mut index = vec![0; to.len()];
    let mut picked = Vec::with_capacity(count);
    for _ in 0..count {
        picked.push(*known.get(place(&index)?)?);
        for (position, &size) in index.iter_mut().zip(to).rev() {
            *position += 1;
            if *position < size {
                break;
            }
            *position = 0;
        }
    }
    Some(picked)
}

/// The place of an element among those of a tensor of this shape.
pub(super) fn flat(shape: &[usize], index: impl IntoIterator<Item = usize>) -> usize {
    shape.iter().zip(index).fold(0, |place, (&size, position)| place * size + position)
}

/// The place of an element of a tensor that is broadcast to a shape that has this index.
pub(super) fn broadcast_place(shape: &[usize], index: &[usize]) -> usize {
    let own = index.get(index.len().saturating_sub(shape.len())..).unwrap_or_default();
    flat(shape, own.iter().zip(shape).map(|(&position, &size)| if size == 1 { 0 } else { position }))
}

//! The benchmark's index of its cells.
//!
//! The benchmark lists all cells as [`Cell::all`] does and shuffles the list by Python's
//! `random.seed(88); random.shuffle(list)`; index i is the i-th of the result. Python seeds a
//! Mersenne Twister with the key `[88]` and draws by rejection.

use std::sync::OnceLock;

use rand_mt::Mt;

use super::Cell;

struct Permutation {
    ordinals: Vec<u16>,
    indices: Vec<u16>,
}

impl Permutation {
    fn get() -> &'static Self {
        static PERMUTATION: OnceLock<Permutation> = OnceLock::new();
        PERMUTATION.get_or_init(|| {
            let ordinals = shuffled();
            let mut indices = vec![0; Cell::COUNT];
            for (index, &ordinal) in (0..).zip(&ordinals) {
                indices[usize::from(ordinal)] = index;
            }
            Self { ordinals, indices }
        })
    }
}

/// Python's `random.shuffle` of all ordinals.
fn shuffled() -> Vec<u16> {
    let mut generator = Mt::new_with_key([88]);
    let mut ordinals: Vec<u16> = (0..).take(Cell::COUNT).collect();
    let mut bound = 15_625_u32;
    for last in (1..Cell::COUNT).rev() {
        let bits = u32::BITS - bound.leading_zeros();
        let chosen = loop {
            let draw = generator.next_u32() >> (u32::BITS - bits);
            if draw < bound {
                break draw as usize;
            }
        };
        ordinals.swap(last, chosen);
        bound -= 1;
    }
    ordinals
}

impl Cell {
    /// The cell at an index of the benchmark; nothing from [`Cell::COUNT`] on.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        let ordinal = *Permutation::get().ordinals.get(index)?;
        Self::from_ordinal(ordinal.into())
    }

    /// The benchmark's index of the cell.
    #[must_use]
    pub fn index(&self) -> usize {
        Permutation::get().indices[self.ordinal()].into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::*;

    #[test]
    fn known_indices() {
        let facts = [
            (0, "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|"),
            (9, "|avg_pool_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2|"),
            (1462, "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|"),
            (9930, "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|"),
            (11982, "|avg_pool_3x3~0|+|none~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|"),
            (15624, "|nor_conv_1x1~0|+|none~0|nor_conv_1x1~1|+|none~0|nor_conv_1x1~1|nor_conv_1x1~2|"),
        ];
        for (index, text) in facts {
            assert_eq!(Cell::from_index(index).unwrap().to_string(), text, "index {index}");
        }
    }

    #[test]
    fn every_cell_has_one_index() {
        assert!(Cell::all().all(|cell| Cell::from_index(cell.index()) == Some(cell)));
        assert_eq!(Cell::from_index(Cell::COUNT), None);
    }

    #[test]
    fn all_indices_are_the_published_ones() {
        let Some(shared) = std::env::var_os("TENSHOT_SHARED") else {
            eprintln!("skipped: TENSHOT_SHARED is not set");
            return;
        };
        let path = Path::new(&shared).join("data/help/nasbench201/str_arch2idx.pt");
        let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
        let pickle = archive.by_name("archive/data.pkl").unwrap();
        let published: BTreeMap<String, usize> =
            serde_pickle::from_reader(pickle, serde_pickle::DeOptions::new()).unwrap();
        assert_eq!(published.len(), Cell::COUNT);
        for (text, index) in published {
            assert_eq!(text.parse::<Cell>().unwrap().index(), index, "{text}");
        }
    }
}

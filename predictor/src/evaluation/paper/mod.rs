//! The paper's tables and figures by name: what is run for each, with the published numbers.

mod published;
mod row;
mod set_ups;

use tenshot_onnx_models::Space;

pub use published::Published;
pub use row::Row;

use crate::pool::Pool;

/// A table or figure of the paper.
#[derive(Debug, Clone, PartialEq)]
pub struct SetUp {
    /// Its name in the paper, e.g. `3` for Table 3, or `fig3` for Figure 3.
    pub name: &'static str,
    /// What it shows.
    pub title: &'static str,
    /// The space whose pool it needs.
    pub space: Space,
    /// What its rows are compared over.
    pub across: Across,
    /// Its rows, or curves.
    pub rows: Vec<Row>,
}

/// What the rows of a table, or the curves of a figure, are compared over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Across {
    /// The test devices.
    Devices,
    /// The numbers of measurements.
    Shots,
    /// The numbers of devices that were trained on.
    PoolSizes,
    /// The predicted architectures.
    Predictions,
}

/// Why a table or figure cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetUpError {
    /// A name that no table or figure has.
    #[error("unknown table `{name}`, expected {}", SetUp::NAMES.join(", "))]
    Unknown {
        /// The name.
        name: String,
    },
    /// A pool of another space than the table is about.
    #[error("`{name}` is about space {expected}, but the pool is of {found}")]
    Space {
        /// The table or figure.
        name: &'static str,
        /// The space that it is about.
        expected: Space,
        /// The pool's space.
        found: Space,
    },
    /// A pool without LatBench's devices.
    #[error("Table C.3 is about LatBench's devices; give a pool that was imported from LatBench's files")]
    NotLatBench,
}

impl SetUp {
    /// The names of all.
    pub const NAMES: [&'static str; 7] = ["2", "3", "C.2", "C.3", "fig3", "fig4", "fig5"];

    /// The table or figure of this name.
    ///
    /// # Errors
    /// A name that none has.
    pub fn named(name: &str) -> Result<Self, SetUpError> {
        match name {
            "2" => Ok(set_ups::table_2()),
            "3" => Ok(set_ups::table_3()),
            "C.2" => Ok(set_ups::table_c2()),
            "C.3" => Ok(set_ups::table_c3()),
            "fig3" => Ok(set_ups::figure_3()),
            "fig4" => Ok(set_ups::figure_4()),
            "fig5" => Ok(set_ups::figure_5()),
            _ => Err(SetUpError::Unknown { name: name.to_owned() }),
        }
    }

    /// Whether it can be run on this pool.
    ///
    /// # Errors
    /// A pool of another space, or for Table C.3, one that was not imported from LatBench.
    pub fn check(&self, pool: &Pool) -> Result<(), SetUpError> {
        if pool.space() != self.space {
            return Err(SetUpError::Space { name: self.name, expected: self.space, found: pool.space() });
        }
        if self.name == "C.3" && pool.provenance().source != "LatBench" {
            return Err(SetUpError::NotLatBench);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::{ReferenceChoice, Sweep};
    use crate::synthetic;

    #[test]
    fn every_name_has_rows_that_differ() {
        for name in SetUp::NAMES {
            let set_up = SetUp::named(name).unwrap();
            assert_eq!(set_up.name, name);
            let mut names: Vec<&str> = set_up.rows.iter().map(|row| row.name.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            assert!(names.len() == set_up.rows.len() && !names.is_empty(), "{names:?}");
        }
        insta::assert_snapshot!(SetUp::named("4").unwrap_err(), @"unknown table `4`, expected 2, 3, C.2, C.3, fig3, fig4, fig5");
    }

    #[test]
    fn rows_say_what_is_run() {
        let rows = |name: &str| {
            let rows = SetUp::named(name).unwrap().rows;
            let row = |row: &Row| format!("{}; {} runs", row.name, row.evaluation.repeats);
            rows.iter().map(row).collect::<Vec<_>>().join("\n")
        };
        insta::assert_snapshot!(rows("3"), @r"
        flops, random sets; 10 runs
        layerwise, random sets; 10 runs
        brp-nas, 900 samples; 1 runs
        nearest, random sets; 10 runs
        help, paper's set; 3 runs
        bayes, random sets; 10 runs
        bayes, paper's set; 1 runs
        bayes, designed sets; 10 runs
        ");
        insta::assert_snapshot!(rows("2"), @r"
        maml, paper's set; 3 runs
        meta-sgd, paper's set; 3 runs
        anp, paper's set; 3 runs
        help without device, paper's set; 3 runs
        help without inner-steps, paper's set; 3 runs
        help without modulator, paper's set; 3 runs
        help without learned-rates, paper's set; 3 runs
        help, paper's set; 3 runs
        bayes, random sets; 10 runs
        bayes, designed sets; 10 runs
        ");
        insta::assert_snapshot!(rows("C.2"), @r"
        help, paper's set; 3 runs
        bayes, random sets; 10 runs
        bayes, paper's set; 1 runs
        ");
        insta::assert_snapshot!(rows("fig3"), @r"
        scratch; 3 runs
        layerwise; 3 runs
        brp-nas; 1 runs
        help; 1 runs
        bayes; 3 runs
        ");
    }

    #[test]
    fn pools_of_something_else_are_refused() {
        let refused = |name| SetUp::named(name).unwrap().check(&synthetic::pool()).unwrap_err().to_string();
        insta::assert_snapshot!(refused("2"), @"`2` is about space fbnet, but the pool is of nasbench201");
        insta::assert_snapshot!(refused("C.3"), @"Table C.3 is about LatBench's devices; give a pool that was imported from LatBench's files");
        assert_eq!(SetUp::named("3").unwrap().check(&synthetic::pool()), Ok(()));
    }

    #[test]
    fn a_row_is_run_as_its_evaluation_says() {
        let mut row = SetUp::named("3").unwrap().rows.remove(0);
        row.evaluation.train = synthetic::SOURCES.map(str::to_owned).to_vec();
        row.evaluation.validation = Vec::new();
        row.evaluation.test = vec!["target".to_owned()];
        let reports = row.run(&synthetic::pool(), &|_| {}).unwrap();
        assert_eq!((reports.len(), reports[0].repeats), (1, 10));
        let curve = SetUp::named("fig5").unwrap().rows.remove(0);
        assert!(matches!(curve.sweep, Sweep::PoolSizes { .. }));
        assert_eq!(curve.evaluation.references, ReferenceChoice::Paper);
    }
}

//! One error that every error of this crate turns into, for those who use several of its rooms.

use crate::artefact::{ArtefactError, ForeignArchitecture};
use crate::certificate::CertificateError;
use crate::evaluation::EvaluationError;
use crate::export::ExportError;
use crate::methods::AdaptError;
use crate::pool::{PoolError, ReadPoolError};
use crate::support::{CsvError, SupportError};
use crate::train_error::TrainError;

/// Any error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Measurements that no predictor adapts from.
    #[error(transparent)]
    Support(#[from] SupportError),
    /// A table of measurements that cannot be read.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// Measurements that this predictor cannot adapt from.
    #[error(transparent)]
    Adapt(#[from] AdaptError),
    /// A predictor file that cannot be read or written.
    #[error(transparent)]
    Artefact(#[from] ArtefactError),
    /// A pool that cannot be read.
    #[error(transparent)]
    ReadPool(#[from] ReadPoolError),
    /// A pool that lacks what was asked for.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// A predictor that cannot be trained.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// An evaluation that cannot run.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// A predictor that cannot be exported.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// An architecture of another space than the predictor's.
    #[error(transparent)]
    ForeignArchitecture(#[from] ForeignArchitecture),
    /// A certificate of no measurements, or of more or fewer than predictions.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

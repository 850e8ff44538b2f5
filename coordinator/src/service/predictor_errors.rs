//! The errors of the predictor's rooms, which are all one kind of the coordinator's.

use tenshot_predictor::artefact::{ArtefactError, ForeignArchitecture};
use tenshot_predictor::methods::AdaptError;
use tenshot_predictor::support::SupportError;
use tenshot_predictor::{CertificateError, Error};

use super::error::ServiceError;

impl From<ArtefactError> for ServiceError {
    fn from(error: ArtefactError) -> Self {
        Error::from(error).into()
    }
}

impl From<ForeignArchitecture> for ServiceError {
    fn from(error: ForeignArchitecture) -> Self {
        Error::from(error).into()
    }
}

impl From<AdaptError> for ServiceError {
    fn from(error: AdaptError) -> Self {
        Error::from(error).into()
    }
}

impl From<SupportError> for ServiceError {
    fn from(error: SupportError) -> Self {
        Error::from(error).into()
    }
}

impl From<CertificateError> for ServiceError {
    fn from(error: CertificateError) -> Self {
        Error::from(error).into()
    }
}

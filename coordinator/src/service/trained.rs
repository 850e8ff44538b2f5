//! The trained predictors that adaptation starts from: the built-in one of each space, and those that a lab keeps.

use std::path::Path;
use std::sync::Arc;

use tenshot_measurement::ModelHash;
use tenshot_onnx_models::Space;
use tenshot_predictor::Trained;

use super::recently_used::RecentlyUsed;
use super::{Coordinator, ServiceError};
use crate::domain::UnixMillis;
use crate::domain::predictor::TrainedSummary;
use crate::store::files::Files;
use crate::store::trained as kept;

/// Trained predictors that are kept ready: one takes some megabytes.
const MOST_READY: usize = 8;

/// A trained predictor with the hash of its file.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) trained: Trained,
    pub(super) hash: ModelHash,
}

/// Which trained predictor.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Choice {
    BuiltIn(Space),
    Kept(ModelHash),
}

/// The trained predictors: files by hash, and those that were used last.
#[derive(Debug)]
pub(super) struct TrainedPredictors {
    files: Files,
    ready: RecentlyUsed<Choice, Arc<Named>>,
}

impl TrainedPredictors {
    pub(super) fn open(folder: &Path) -> Result<Self, ServiceError> {
        let files = Files::open(folder.join("trained"), "safetensors")?;
        Ok(Self { files, ready: RecentlyUsed::new(MOST_READY) })
    }

    fn built_in(&self, space: Space) -> Result<Arc<Named>, ServiceError> {
        self.ready.get(Choice::BuiltIn(space), |_| {
            let trained = tenshot_predictor::bundled(space)?;
            let hash = ModelHash::of(&trained.to_bytes()?);
            Ok(Arc::new(Named { trained, hash }))
        })
    }

    fn kept(&self, hash: &ModelHash) -> Result<Arc<Named>, ServiceError> {
        self.ready.get(Choice::Kept(hash.clone()), |_| {
            let trained = Trained::from_bytes(&self.files.get(hash)?)?;
            Ok(Arc::new(Named { trained, hash: hash.clone() }))
        })
    }
}

impl Coordinator {
    /// The trained predictor that a campaign of this space adapts: the one that it names, else the built-in one.
    pub(super) fn trained_for(&self, space: Space, named: Option<&ModelHash>) -> Result<Arc<Named>, ServiceError> {
        let Some(hash) = named else { return self.trained.built_in(space) };
        let kept = self.store.read(|tx| kept::by_hash(tx, hash))?;
        let found = match kept {
            Some(_) => self.trained.kept(hash)?,
            None => self.trained.built_in(space).ok().filter(|built_in| built_in.hash == *hash).ok_or_else(|| {
                ServiceError::NotFound(format!(
                    "there is no trained predictor {hash}: `tenshot predictors trained` shows those that there are, \
                     and `campaign create --trained FILE` brings one"
                ))
            })?,
        };
        if found.trained.space() == space {
            return Ok(found);
        }
        Err(ServiceError::Conflict(format!(
            "the trained predictor {hash} is for {}, and the campaign for {space}",
            found.trained.space()
        )))
    }

    /// Keeps a trained predictor, so that campaigns may name it.
    ///
    /// # Errors
    /// Where the bytes are no trained predictor, or cannot be kept.
    pub fn keep_trained(&self, bytes: &[u8], now: UnixMillis) -> Result<TrainedSummary, ServiceError> {
        let trained = Trained::from_bytes(bytes).map_err(ServiceError::NotTrained)?;
        let sha256 = self.trained.files.put(bytes)?;
        let summary = summary_of(&trained, sha256, false, now);
        self.store.write(|tx| kept::add(tx, &summary))?;
        tracing::info!(sha256 = %summary.sha256, space = summary.space, method = summary.method, "trained predictor kept");
        let found = self.store.read(|tx| kept::by_hash(tx, &summary.sha256))?;
        Ok(found.unwrap_or(summary))
    }

    /// The trained predictors: those that are kept, the newest first, and the built-in ones.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn trained_predictors(&self) -> Result<Vec<TrainedSummary>, ServiceError> {
        let mut all = self.store.read(|tx| kept::all(tx))?;
        for space in Space::ALL {
            // A space may have none.
            if let Ok(named) = self.trained.built_in(*space) {
                all.push(summary_of(&named.trained, named.hash.clone(), true, UnixMillis(0)));
            }
        }
        Ok(all)
    }
}

fn summary_of(trained: &Trained, sha256: ModelHash, built_in: bool, created: UnixMillis) -> TrainedSummary {
    let header = trained.header();
    TrainedSummary {
        sha256,
        space: trained.space().to_string(),
        method: header.method.to_string(),
        devices: u32::try_from(header.pool.len()).unwrap_or(u32::MAX),
        built_in,
        created,
    }
}

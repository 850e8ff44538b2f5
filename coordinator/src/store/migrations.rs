//! The schema's versions. `PRAGMA user_version` says which one a file has.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// Step `n` brings a database from version `n` to `n + 1`. Released steps never change.
const STEPS: [&str; 2] = [include_str!("schema_1.sql"), include_str!("schema_2.sql")];

pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    // Version and steps in one transaction: two programs that open a new file together both end well.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(StoreError::Newer { path: path.to_owned(), found, known });
    }
    for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use tenshot_measurement::{FailureKind, MeasurementFailure, Reason, TaskId};

    use super::super::{Store, StoreError};
    use crate::domain::attempts::{Attempt, Measured};

    #[test]
    fn opening_twice_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tenshot.sqlite");
        drop(Store::open(&path).unwrap());
        drop(Store::open(&path).unwrap());
        let version: i64 =
            Connection::open(&path).unwrap().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        assert_eq!(version, 2);
    }

    #[test]
    fn a_newer_database_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tenshot.sqlite");
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        let error = Store::open(&path).unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
        assert!(error.to_string().ends_with("use the newer program that made it"));
    }

    #[test]
    fn summaries_of_older_databases_come_from_their_records() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tenshot.sqlite");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(super::STEPS[0]).unwrap();
        old.execute_batch(
            r#"INSERT INTO devices VALUES (1, 'pi', NULL, NULL, NULL, '[]', 0, 0);
               INSERT INTO targets VALUES (1, 1, 'tract', 'cpu', 1, 1, 'latency');
               INSERT INTO models VALUES ('h', 'nasbench201', '9930', 1, 3, 0);
               INSERT INTO campaigns VALUES (1, 'first', 'nasbench201', '{}', 'running', 0, NULL);
               INSERT INTO tasks (id, campaign_id, device_id, target_id, model_sha256, architecture, role, pass, position,
                                  state) VALUES (1, 1, 1, 1, 'h', '9930', 'reference', 1, 0, 'waiting');
               INSERT INTO measurements VALUES
                   (1, 1, 1, 1, 0, 10.0, 0, '{"measured":{"latency_ms":{"trimmed_mean":10.0,"ci95":[9.0,11.0]},
                    "verdict":{"trusted":false,"reasons":[{"rule":"throttled"}]}}}'),
                   (2, 1, 2, 2, 0, NULL, 0, '{"failed":{"kind":"crashed","detail":"signal 11"}}');
               PRAGMA user_version = 1"#,
        )
        .unwrap();
        drop(old);
        let store = Store::open(&path).unwrap();
        let attempts = store.read(|tx| crate::store::measurements::of_task(tx, TaskId(1))).unwrap();
        let failure = MeasurementFailure { kind: FailureKind::Crashed, detail: "signal 11".into() };
        let measured = Measured { latency_ms: 10.0, noise: 0.1, trusted: false, reasons: vec![Reason::Throttled] };
        let found: Vec<Attempt> = attempts.into_iter().map(|row| row.attempt).collect();
        assert_eq!(found, [Attempt::Measured(measured), Attempt::Failed(failure)]);
        let changed = store.write(|tx| Ok::<_, StoreError>(tx.execute("UPDATE measurements SET trusted = 1", [])?));
        assert!(changed.unwrap_err().to_string().contains("measurements are immutable"));
    }
}

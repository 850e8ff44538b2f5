//! Bearer tokens, of which only hashes are kept.

use rusqlite::{Connection, params};
use tenshot_measurement::ModelHash;

use super::{StoreError, json, rows};
use crate::domain::{Role, UnixMillis};

/// Keeps a token's hash.
///
/// # Errors
/// Where the database fails.
pub fn add(connection: &Connection, name: &str, role: Role, token: &str, now: UnixMillis) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO tokens (name, role, sha256, created_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (name) DO UPDATE SET role = ?2, sha256 = ?3, created_at = ?4, revoked_at = NULL",
        params![name, role.as_str(), ModelHash::of(token.as_bytes()).as_str(), now.0],
    )?;
    Ok(())
}

/// The role of a token; none where it is unknown or revoked.
///
/// # Errors
/// Where the database fails.
pub fn role(connection: &Connection, token: &str) -> Result<Option<Role>, StoreError> {
    // Looked up by hash: how long that takes says nothing about the token.
    let sql = "SELECT role FROM tokens WHERE sha256 = ?1 AND revoked_at IS NULL";
    rows::first(connection, sql, [ModelHash::of(token.as_bytes()).as_str()], |row| {
        let name: String = row.get(0)?;
        name.parse().map_err(|_| json::damaged("token role", &name))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::fresh;
    use super::{add, role};
    use crate::domain::{Role, UnixMillis};
    use crate::store::StoreError;

    #[test]
    fn a_token_is_known_by_its_hash_alone() {
        let (_folder, store) = fresh();
        store.write(|tx| add(tx, "lab", Role::Agent, "secret", UnixMillis(0))).unwrap();
        assert_eq!(store.read(|tx| role(tx, "secret")).unwrap(), Some(Role::Agent));
        assert_eq!(store.read(|tx| role(tx, "Secret")).unwrap(), None);
        let kept: String = store
            .read(|tx| Ok::<_, StoreError>(tx.query_row("SELECT sha256 FROM tokens", [], |row| row.get(0))?))
            .unwrap();
        assert!(!kept.contains("secret"));
    }
}

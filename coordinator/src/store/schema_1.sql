-- Times are milliseconds since 1970 (UTC). JSON columns hold the wire types of the protocol.

CREATE TABLE tokens (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    role       TEXT    NOT NULL CHECK (role IN ('agent', 'operator', 'reader')),
    sha256     TEXT    NOT NULL UNIQUE,   -- of the token; the token itself is not kept
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE TABLE devices (
    id            INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL UNIQUE,
    agent_version TEXT,                   -- null: imported, no agent
    session       TEXT,                   -- the agent's present life
    facts         TEXT,
    backends      TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    last_seen_at  INTEGER NOT NULL
) STRICT;

-- What numbers belong to.
CREATE TABLE targets (
    id                 INTEGER PRIMARY KEY,
    device_id          INTEGER NOT NULL REFERENCES devices (id),
    backend            TEXT    NOT NULL,
    execution_provider TEXT    NOT NULL,
    threads            INTEGER NOT NULL,
    batch              INTEGER NOT NULL,
    metric             TEXT    NOT NULL,
    UNIQUE (device_id, backend, execution_provider, threads, batch, metric)
) STRICT;

CREATE TABLE models (
    sha256       TEXT    PRIMARY KEY,     -- of the file models/<sha256>.onnx
    space        TEXT    NOT NULL,
    architecture TEXT    NOT NULL,
    batch        INTEGER NOT NULL,
    bytes        INTEGER NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE campaigns (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    space      TEXT    NOT NULL,
    spec       TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('running', 'complete', 'incomplete', 'cancelled')),
    created_at INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT;

CREATE TABLE tasks (
    id               INTEGER PRIMARY KEY,
    campaign_id      INTEGER NOT NULL REFERENCES campaigns (id),
    device_id        INTEGER NOT NULL REFERENCES devices (id),
    target_id        INTEGER NOT NULL REFERENCES targets (id),
    model_sha256     TEXT    NOT NULL REFERENCES models (sha256),
    architecture     TEXT    NOT NULL,
    role             TEXT    NOT NULL CHECK (role IN ('reference', 'probe')),
    pass             INTEGER NOT NULL,
    position         INTEGER NOT NULL,    -- order within the campaign
    state            TEXT    NOT NULL
        CHECK (state IN ('waiting', 'leased', 'trusted', 'suspect', 'failed', 'cancelled')),
    attempts         INTEGER NOT NULL DEFAULT 0,
    fence            INTEGER NOT NULL DEFAULT 0,
    vanished         INTEGER NOT NULL DEFAULT 0,  -- leases of the present attempt that gave no result
    session          TEXT,
    lease_expires_at INTEGER,
    not_before       INTEGER NOT NULL DEFAULT 0,
    measurement_id   INTEGER REFERENCES measurements (id),  -- the attempt that is used
    UNIQUE (campaign_id, target_id, architecture, pass)
) STRICT;
CREATE INDEX tasks_of_device ON tasks (device_id, state, campaign_id, position);
CREATE INDEX tasks_of_target ON tasks (campaign_id, target_id, role);

-- One row per attempt, with every raw sample in `record`.
CREATE TABLE measurements (
    id          INTEGER PRIMARY KEY,
    task_id     INTEGER NOT NULL REFERENCES tasks (id),
    attempt     INTEGER NOT NULL,
    fence       INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    latency_ms  REAL,                     -- trimmed mean; null: failed
    trusted     INTEGER NOT NULL CHECK (trusted IN (0, 1)),
    record      TEXT    NOT NULL,         -- the outcome as the agent sent it
    UNIQUE (task_id, attempt)
) STRICT;

-- Hardware embeddings (paper, Eq. 3).
CREATE TABLE embeddings (
    id            INTEGER PRIMARY KEY,
    target_id     INTEGER NOT NULL REFERENCES targets (id),
    space         TEXT    NOT NULL,
    campaign_id   INTEGER NOT NULL REFERENCES campaigns (id),
    reference_set TEXT    NOT NULL,
    points        TEXT    NOT NULL,       -- architecture, latency, measurements, in the order of the set
    created_at    INTEGER NOT NULL,
    UNIQUE (campaign_id, target_id)
) STRICT;

CREATE TABLE predictors (
    id             INTEGER PRIMARY KEY,
    target_id      INTEGER NOT NULL REFERENCES targets (id),
    space          TEXT    NOT NULL,
    version        INTEGER NOT NULL,
    method         TEXT    NOT NULL,
    embedding_id   INTEGER NOT NULL REFERENCES embeddings (id),
    trained_sha256 TEXT    NOT NULL,      -- the trained predictor that was adapted
    sha256         TEXT    NOT NULL,      -- of the file predictors/<sha256>.safetensors
    shots          INTEGER NOT NULL,
    suspect_shots  INTEGER NOT NULL,
    adapting_ms    REAL    NOT NULL,
    created_at     INTEGER NOT NULL,
    UNIQUE (target_id, space, version)
) STRICT;

CREATE TABLE certificates (
    id           INTEGER PRIMARY KEY,
    predictor_id INTEGER NOT NULL UNIQUE REFERENCES predictors (id),
    campaign_id  INTEGER NOT NULL REFERENCES campaigns (id),
    certificate  TEXT    NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT;

-- What was measured, and what was made of it, is never changed.
CREATE TRIGGER measurements_fixed BEFORE UPDATE ON measurements BEGIN SELECT RAISE(ABORT, 'measurements are immutable'); END;
CREATE TRIGGER measurements_kept BEFORE DELETE ON measurements BEGIN SELECT RAISE(ABORT, 'measurements are kept'); END;
CREATE TRIGGER embeddings_fixed BEFORE UPDATE ON embeddings BEGIN SELECT RAISE(ABORT, 'embeddings are immutable'); END;
CREATE TRIGGER embeddings_kept BEFORE DELETE ON embeddings BEGIN SELECT RAISE(ABORT, 'embeddings are kept'); END;
CREATE TRIGGER predictors_fixed BEFORE UPDATE ON predictors BEGIN SELECT RAISE(ABORT, 'predictors are immutable'); END;
CREATE TRIGGER predictors_kept BEFORE DELETE ON predictors BEGIN SELECT RAISE(ABORT, 'predictors are kept'); END;
CREATE TRIGGER certificates_fixed BEFORE UPDATE ON certificates BEGIN SELECT RAISE(ABORT, 'certificates are immutable'); END;
CREATE TRIGGER certificates_kept BEFORE DELETE ON certificates BEGIN SELECT RAISE(ABORT, 'certificates are kept'); END;

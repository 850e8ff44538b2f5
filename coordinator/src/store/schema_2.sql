-- Summaries come from columns: nothing parses raw samples but what hands out samples.
-- The texts of JSON columns are formats of this database: see `json.rs`.

ALTER TABLE measurements ADD COLUMN record_format INTEGER NOT NULL DEFAULT 1; -- protocol version of `record`
ALTER TABLE measurements ADD COLUMN noise REAL;    -- half the 95% interval's width, relative to latency_ms
ALTER TABLE measurements ADD COLUMN reasons TEXT;  -- JSON: the reasons against it
ALTER TABLE measurements ADD COLUMN failure TEXT;  -- JSON: why there is no measurement; null: there is one

DROP TRIGGER measurements_fixed;
UPDATE measurements SET
    reasons = json_extract(record, '$.measured.verdict.reasons'),
    failure = json_extract(record, '$.failed'),
    noise = (json_extract(record, '$.measured.latency_ms.ci95[1]') - json_extract(record, '$.measured.latency_ms.ci95[0]'))
            / 2.0 / latency_ms;
CREATE TRIGGER measurements_fixed BEFORE UPDATE ON measurements BEGIN SELECT RAISE(ABORT, 'measurements are immutable'); END;

-- Trained predictors that campaigns name, files trained/<sha256>.safetensors. The built-in ones are not among them.
CREATE TABLE trained (
    sha256     TEXT    PRIMARY KEY,
    space      TEXT    NOT NULL,
    method     TEXT    NOT NULL,
    devices    INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The file predictors/<sha256>.safetensors that holds the certificate beside the predictor; null: of before this column.
ALTER TABLE certificates ADD COLUMN sha256 TEXT;

CREATE INDEX tasks_of_campaign ON tasks (campaign_id, position);
CREATE INDEX embeddings_of_target ON embeddings (target_id);
CREATE INDEX predictors_of_embedding ON predictors (embedding_id);

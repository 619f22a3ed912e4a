-- Snapshots compressed, and what it takes to forget old rows. An older binary reads `verdict` and finds an empty
-- `snapshot`, which it never reads.

ALTER TABLE runs ADD COLUMN packed BLOB;                      -- the snapshot, zstd; NULL in rows of older binaries
ALTER TABLE runs ADD COLUMN version TEXT NOT NULL DEFAULT ''; -- which deckhand judged; '' is one before this
CREATE INDEX runs_by_age ON runs (created_at, id);
CREATE INDEX deliveries_by_age ON deliveries (received_at) WHERE state = 'processed';
CREATE INDEX jobs_by_state ON jobs (state, changed_at);

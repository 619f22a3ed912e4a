-- Reports of coverage and of linters that were sent to this server.
CREATE TABLE reports (
    id         TEXT    PRIMARY KEY,
    repository INTEGER NOT NULL,
    commit_id  TEXT    NOT NULL,                  -- what the tests ran on
    head       TEXT    NOT NULL,                  -- what it speaks for: that commit, or the head of a test merge
    kind       TEXT    NOT NULL CHECK (kind IN ('coverage', 'lint')),
    flag       TEXT    NOT NULL,                  -- '' is none
    name       TEXT    NOT NULL,
    digest     BLOB    NOT NULL,                  -- SHA-256 of the report
    bytes      INTEGER NOT NULL,                  -- of the report
    packed     BLOB    NOT NULL,                  -- the report, zstd
    created_at INTEGER NOT NULL,
    from_artifact INTEGER NOT NULL DEFAULT 0      -- its flag was not chosen by anybody
);
CREATE INDEX reports_by_head ON reports (repository, head);
CREATE INDEX reports_by_commit ON reports (repository, commit_id);
CREATE INDEX reports_by_age ON reports (created_at);

-- Which repository has a name: a report is sent to a name.
CREATE INDEX jobs_by_name
    ON jobs (CASE WHEN json_valid(spec) THEN lower(json_extract(spec, '$.name')) END, changed_at);

-- What people let pass on a pull request, and which comments with commands are dealt with.

CREATE TABLE overrides (
    repository INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    comment    INTEGER NOT NULL,                  -- GitHub's id of the comment with the command
    rule       TEXT    NOT NULL,
    covers     TEXT    NOT NULL,                  -- JSON: fingerprints of findings and faults
    actor      TEXT    NOT NULL,                  -- login
    reason     TEXT    NOT NULL,
    head       TEXT    NOT NULL,                  -- the commit on which it was decided
    written_at INTEGER NOT NULL,
    PRIMARY KEY (repository, comment, rule)
);
CREATE INDEX overrides_by_pull ON overrides (repository, number);

CREATE TABLE heeded_comments (
    repository INTEGER NOT NULL,
    comment    INTEGER NOT NULL,
    heeded_at  INTEGER NOT NULL,
    PRIMARY KEY (repository, comment)
);

-- Deliveries, jobs, outbox, runs. Times are milliseconds since 1970. Migrations only add:
-- an older binary must be able to run on a newer schema.

CREATE TABLE deliveries (
    id          INTEGER PRIMARY KEY,
    hook_id     TEXT    NOT NULL,
    guid        TEXT    NOT NULL,
    event       TEXT    NOT NULL,
    digest      BLOB    NOT NULL,                 -- SHA-256 of the body
    body        BLOB    NOT NULL,                 -- emptied once processed
    state       TEXT    NOT NULL CHECK (state IN ('received', 'processed')),
    received_at INTEGER NOT NULL,
    UNIQUE (hook_id, guid)
);
CREATE INDEX deliveries_received ON deliveries (id) WHERE state = 'received';

CREATE TABLE jobs (
    id           INTEGER PRIMARY KEY,
    key          TEXT    NOT NULL UNIQUE,
    installation INTEGER NOT NULL,
    spec         TEXT    NOT NULL,                -- JSON
    again        TEXT,                            -- the spec that arrived while this key ran
    priority     INTEGER NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('waiting', 'running', 'parked', 'done')),
    run_after    INTEGER NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    lease_until  INTEGER,
    token        INTEGER NOT NULL DEFAULT 0,      -- fencing: grows with every claim
    reason       TEXT,
    changed_at   INTEGER NOT NULL
);
CREATE INDEX jobs_waiting ON jobs (run_after) WHERE state = 'waiting';
CREATE INDEX jobs_running ON jobs (lease_until) WHERE state = 'running';

-- Round robin: whose job started longest ago goes first.
CREATE TABLE installation_turns (
    installation INTEGER PRIMARY KEY,
    turn         INTEGER NOT NULL
);

CREATE TABLE outbox (
    id           TEXT    PRIMARY KEY,
    job_key      TEXT    NOT NULL,
    head         TEXT    NOT NULL,
    operation    TEXT    NOT NULL,                -- JSON
    answer       TEXT,                            -- JSON; NULL until the answer is known
    begun_at     INTEGER NOT NULL
);
CREATE INDEX outbox_by_key ON outbox (job_key);

CREATE TABLE runs (
    id         TEXT    PRIMARY KEY,
    repository INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    number     INTEGER NOT NULL,
    head       TEXT    NOT NULL,
    verdict    TEXT    NOT NULL,                  -- JSON
    snapshot   TEXT    NOT NULL,                  -- JSON
    created_at INTEGER NOT NULL
);
CREATE INDEX runs_by_pull ON runs (repository, number, created_at);

-- Which facts the previous run of a key read, to fetch them ahead next time.
CREATE TABLE reads (
    key     TEXT PRIMARY KEY,
    ruleset TEXT NOT NULL,
    facts   TEXT NOT NULL                         -- JSON
);

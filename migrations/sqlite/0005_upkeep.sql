-- What repairs itself: whose turn a chore is, what was judged, which checks are open, what GitHub was asked to send again.

CREATE TABLE chores (
    name   TEXT    PRIMARY KEY,
    due_at INTEGER NOT NULL,                      -- no process begins it before that
    cursor TEXT    NOT NULL DEFAULT ''            -- where the last turn ended
);

-- What each open pull request was like when it was judged last, also when nothing was written.
CREATE TABLE judged (
    repository INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    head       TEXT    NOT NULL,
    facts      TEXT    NOT NULL,                  -- digest of title, body, base, labels, draft
    ruleset    TEXT    NOT NULL,                  -- digest; empty: there was none
    PRIMARY KEY (repository, number)
);

-- Since when a repository is looked after: what was open before is judged without comments.
CREATE TABLE known_repositories (
    repository   INTEGER PRIMARY KEY,
    installation INTEGER NOT NULL,
    since        INTEGER NOT NULL
);

CREATE TABLE known_installations (
    installation INTEGER PRIMARY KEY,
    state        TEXT    NOT NULL,                -- suspended or active, and the permissions
    changed_at   INTEGER NOT NULL
);

-- Check runs of ours that are in progress on GitHub.
CREATE TABLE open_checks (
    id        INTEGER PRIMARY KEY,                -- GitHub's
    job_key   TEXT    NOT NULL,
    check_run TEXT    NOT NULL,                   -- JSON
    overdue   INTEGER NOT NULL                    -- when it must be concluded
);
CREATE INDEX open_checks_by_key ON open_checks (job_key);

-- Failed deliveries that GitHub is asked to send again.
CREATE TABLE redeliveries (
    guid     TEXT    PRIMARY KEY,
    delivery INTEGER NOT NULL,                    -- GitHub's id of the newest attempt
    asked    INTEGER NOT NULL,                    -- how often
    due_at   INTEGER NOT NULL,
    seen_at  INTEGER NOT NULL
);
CREATE INDEX deliveries_by_guid ON deliveries (guid);

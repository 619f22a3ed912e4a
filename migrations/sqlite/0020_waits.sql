-- Since when facts are awaited that a job's head does not have yet.
CREATE TABLE waits (
    job_key TEXT    NOT NULL,
    fact    TEXT    NOT NULL,                     -- `FactKey` as JSON
    head    TEXT    NOT NULL,
    since   INTEGER NOT NULL,
    PRIMARY KEY (job_key, fact)
);

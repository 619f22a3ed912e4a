-- Runs of the rules that a pull request brings: one for each head, and who allowed it.
CREATE TABLE previews (
    repository INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    head       TEXT    NOT NULL,
    allowed_by TEXT,                              -- login of who asked for it with a command
    preview    TEXT,                              -- `Preview` as JSON
    PRIMARY KEY (repository, number)
);

-- Which commit of an open pull request was judged last: pull requests with one head share its check.

ALTER TABLE runs ADD COLUMN base TEXT NOT NULL DEFAULT '';  -- name of the base branch

CREATE TABLE heads (
    repository INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    head       TEXT    NOT NULL,
    run        TEXT    NOT NULL,
    PRIMARY KEY (repository, number)
);
CREATE INDEX heads_by_commit ON heads (repository, head);

-- Merge groups that were judged, so that their checks can be asked for again.
CREATE TABLE merge_groups (
    repository INTEGER NOT NULL,
    head       TEXT    NOT NULL,
    merge_group TEXT   NOT NULL,                  -- `MergeGroup` as JSON
    seen_at    INTEGER NOT NULL,
    PRIMARY KEY (repository, head)
);

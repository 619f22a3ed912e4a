-- Lines of a pull request's diff on which GitHub took no comment, at the commit where that was tried.
CREATE TABLE refused_lines (
    repository INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    head       TEXT    NOT NULL,
    spots      TEXT    NOT NULL,                  -- JSON
    PRIMARY KEY (repository, number)
) WITHOUT ROWID;

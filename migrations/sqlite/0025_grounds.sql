-- What a judgement stands on besides the pull request itself: its commits, its base, and the scripts that its rules required.
ALTER TABLE judged ADD COLUMN grounds TEXT;       -- JSON; NULL where an older version judged

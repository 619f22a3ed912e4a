-- What this version cannot read may be read by another: jobs are left for it, deliveries are kept for it.

-- Since when a job was left for a newer version; NULL when it reads.
ALTER TABLE jobs ADD COLUMN unread_since INTEGER;

-- The body of a processed delivery that named no work, compressed; NULL when it named some.
ALTER TABLE deliveries ADD COLUMN packed BLOB;
-- The version that processed it; empty when it is not known.
ALTER TABLE deliveries ADD COLUMN handled_by TEXT NOT NULL DEFAULT '';

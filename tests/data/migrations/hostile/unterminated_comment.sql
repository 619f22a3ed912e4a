/* /* nested */ ALTER TABLE t DROP COLUMN a;

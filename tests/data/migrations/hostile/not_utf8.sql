-- ÿþ
DROP TABLE t;

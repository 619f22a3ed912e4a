//! GitHub: app authentication, pacing, paging; fetches facts, performs one operation, reads back.

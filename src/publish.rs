//! The only writer: carries a plan out through the outbox.

//! Raw bytes into a verified delivery, a delivery into an event, an event into work.

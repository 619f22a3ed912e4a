//! The server: HTTP routes, intake of deliveries, workers, judges, pages.

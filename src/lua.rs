//! The Luau host: sandbox, budgets, loading, the API of the dangerfile, script errors.

//! Advice in Ecto's words.

use super::super::hazard::Hazard;
use super::Context;

pub(super) fn advice(context: &Context) -> Option<String> {
    let Context { table, column, constraint, .. } = context;
    Some(match context.hazard {
        Hazard::IndexNotConcurrent => format!(
            "Build it without blocking writes, in a migration of its own.\n\n    @disable_ddl_transaction true\n    @disable_migration_lock true\n\n    def change do\n      create index(:{table}, [..], concurrently: true)\n    end"
        ),
        Hazard::DropIndexNotConcurrent => format!(
            "Drop it without blocking, in a migration of its own.\n\n    @disable_ddl_transaction true\n    @disable_migration_lock true\n\n    def change do\n      drop index(:{table}, [..], concurrently: true)\n    end"
        ),
        Hazard::ForeignKeyScan | Hazard::ForeignKeyInlineLock => format!(
            "Add it for new rows, and check the old ones in the next migration.\n\n    add :{0}, references(:{1}, validate: false)\n    # next migration:\n    execute \"ALTER TABLE {table} VALIDATE CONSTRAINT {table}_{0}_fkey\", \"\"",
            key_column(context),
            context.other
        ),
        Hazard::CheckScan => format!(
            "Add it for new rows, and check the old ones in the next migration.\n\n    create constraint(:{table}, :{constraint}, check: \"..\", validate: false)\n    # next migration:\n    execute \"ALTER TABLE {table} VALIDATE CONSTRAINT {constraint}\", \"\""
        ),
        Hazard::SetNotNullScan => format!(
            "Prove it with a check that is validated without blocking.\n\n    create constraint(:{table}, :{table}_{column}_not_null, check: \"{column} IS NOT NULL\", validate: false)\n    # next migration:\n    execute \"ALTER TABLE {table} VALIDATE CONSTRAINT {table}_{column}_not_null\", \"\"\n    alter table(:{table}) do\n      modify :{column}, .., null: false\n    end"
        ),
        Hazard::RequiredColumn if column == "inserted_at" => {
            "Give both columns a default, or make them nullable, fill them in batches, and constrain them later.\n\n    timestamps(default: fragment(\"now()\"))".to_owned()
        }
        Hazard::RequiredColumn => format!(
            "Give it a constant default, or add it nullable, fill it in batches, and constrain it later.\n\n    add :{column}, .., null: false, default: .."
        ),
        Hazard::VolatileDefaultRewrite => format!(
            "Add it without the default, set the default for new rows, then fill the old ones in batches.\n\n    add :{column}, ..\n    # then:\n    execute \"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT ..\", \"\""
        ),
        Hazard::TypeRewrite => format!(
            "Add a column of the new type, write both, fill the old rows in batches, switch the reads, and drop the old one in a later release.\n\n    add :{column}_new, .."
        ),
        Hazard::UniqueNotConcurrent => format!(
            "Build a unique index without blocking, in a migration of its own; Ecto needs no constraint beside it.\n\n    @disable_ddl_transaction true\n    @disable_migration_lock true\n\n    def change do\n      create unique_index(:{table}, [..], concurrently: true)\n    end"
        ),
        Hazard::UnbatchedBackfill if context.statement != "DELETE" => format!(
            "Change some thousand rows at a time, in a migration of its own that runs outside of a transaction.\n\n    @disable_ddl_transaction true\n    @disable_migration_lock true\n\n    def up do\n      # again until no row is left\n      repo().query!(\"UPDATE {table} SET .. WHERE id IN (SELECT id FROM {table} WHERE .. LIMIT 1000)\")\n    end"
        ),
        Hazard::JsonColumn => "Use `:map`, which is `jsonb`.".to_owned(),
        Hazard::DropColumn => format!(
            "Two releases: first take `{column}` out of the schema and deploy that; drop it in the next one, when no old code runs."
        ),
        Hazard::RenameColumn => {
            format!("Keep the column and rename only the field: `field :{}, .., source: :{column}`.", context.new_name)
        }
        Hazard::RenameTable => format!("Keep the table and rename only the schema: `schema \"{table}\" do`."),
        Hazard::Irreversible => "Give `execute` a second text that takes it back, or write `up` and `down`.".to_owned(),
        _ => return None,
    })
}

/// The column of a key that Ecto names `users_org_id_fkey`.
fn key_column(context: &Context) -> &str {
    let rest = context.constraint.strip_prefix(context.table.as_str()).and_then(|rest| rest.strip_prefix('_'));
    rest.and_then(|rest| rest.strip_suffix("_fkey")).unwrap_or(&context.column)
}

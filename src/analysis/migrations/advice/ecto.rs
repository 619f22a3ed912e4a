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
            "Add it for new rows, and check the old ones in the next migration.\n\n    add :{column}, references(:{}, validate: false)\n    # next migration:\n    execute \"ALTER TABLE {table} VALIDATE CONSTRAINT {table}_{column}_fkey\", \"\"",
            context.other
        ),
        Hazard::CheckScan => format!(
            "Add it for new rows, and check the old ones in the next migration.\n\n    create constraint(:{table}, :{constraint}, check: \"..\", validate: false)\n    # next migration:\n    execute \"ALTER TABLE {table} VALIDATE CONSTRAINT {constraint}\", \"\""
        ),
        Hazard::SetNotNullScan => format!(
            "Prove it with a check that is validated without blocking.\n\n    create constraint(:{table}, :{table}_{column}_not_null, check: \"{column} IS NOT NULL\", validate: false)\n    # next migration:\n    execute \"ALTER TABLE {table} VALIDATE CONSTRAINT {table}_{column}_not_null\", \"\"\n    alter table(:{table}) do\n      modify :{column}, .., null: false\n    end"
        ),
        Hazard::JsonColumn => "Use `:map`, which is `jsonb`.".to_owned(),
        Hazard::DropColumn => format!(
            "Two releases: first take {column} out of the schema and deploy that; drop it in the next one, when no old code runs."
        ),
        Hazard::RenameColumn => {
            format!("Keep the column and rename only the field: `field :{}, .., source: :{column}`.", context.new_name)
        }
        Hazard::RenameTable => format!("Keep the table and rename only the schema: `schema \"{table}\" do`."),
        Hazard::Irreversible => "Give `execute` a second text that takes it back, or write `up` and `down`.".to_owned(),
        _ => return None,
    })
}

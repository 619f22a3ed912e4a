//! Advice in SQL, and what is the same for every framework.

use super::super::hazard::Hazard;
use super::super::sql::{quoted, quoted_joined};
use super::Context;

/// For SQL migrations, and where a framework has no words of its own.
pub(super) fn advice(context: &Context) -> Option<String> {
    let Context { new_type, outside, .. } = context;
    let [table, column, constraint, index, other] =
        [&context.table, &context.column, &context.constraint, &context.index, &context.other].map(|name| quoted(name));
    let [new_name, object, partition] =
        [&context.new_name, &context.object, &context.partition].map(|name| quoted(name));
    let of_column = |end: &str| quoted_joined(&[&context.table, &context.column, end]);
    let beside = |name: &str| match context.table.rsplit_once('.') {
        Some((schema, _)) => format!("{}.{name}", quoted(schema)),
        None => name.to_owned(),
    };
    if let Some(advice) = context.partitioned.then(|| partitioned_advice(context)).flatten() {
        return Some(advice);
    }
    Some(match context.hazard {
        Hazard::IndexNotConcurrent => format!(
            "Build it without blocking writes; {outside}. If it fails, drop the INVALID index that it leaves and run it again.\n\n    CREATE INDEX CONCURRENTLY {index} ON {table} (..);\n    -- partitioned: CREATE INDEX .. ON ONLY {table}, each partition CONCURRENTLY, then ALTER INDEX .. ATTACH PARTITION"
        ),
        Hazard::DropIndexNotConcurrent => {
            let each: String = index.split(", ").map(|index| format!("\n    DROP INDEX CONCURRENTLY {index};")).collect();
            format!("Drop it without blocking; {outside}.\n{each}")
        }
        Hazard::ReindexNotConcurrent => format!(
            "Rebuild it without blocking; {outside}.\n\n    REINDEX {} CONCURRENTLY {object};",
            match context.kind {
                "index" => "INDEX",
                "schema" => "SCHEMA",
                "database" | "system" => "DATABASE",
                _ => "TABLE",
            }
        ),
        Hazard::RefusedStatement => {
            "Write it in a form that PostgreSQL takes: each index by itself and without `CASCADE`; catalogues and `WITH NO DATA` without `CONCURRENTLY`.".to_owned()
        }
        Hazard::ConcurrentInTransaction => format!("Give it a migration of its own and {outside}."),
        Hazard::RequiredColumn => format!(
            "Add it with a constant default, or in steps: add it nullable, let the code write it, fill the old rows in batches, then prove it not null.\n\n    ALTER TABLE {table} ADD COLUMN {column} {new_type};\n    -- later, after the backfill:\n{}",
            prove_not_null(context)
        ),
        Hazard::VolatileDefaultRewrite => format!(
            "Add it without the default, set the default for new rows, then fill the old rows in batches.\n\n    ALTER TABLE {table} ADD COLUMN {column} {new_type};\n    ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT ..;"
        ),
        Hazard::SerialRewrite => format!(
            "Add a plain nullable column, attach a sequence as its default for new rows, fill the old rows in batches, then prove it not null.\n\n    ALTER TABLE {table} ADD COLUMN {column} bigint;\n    CREATE SEQUENCE {sequence} OWNED BY {table}.{column};\n    ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT nextval('{sequence}');",
            sequence = beside(&of_column("seq"))
        ),
        Hazard::GeneratedStoredRewrite => format!(
            "Add a plain nullable column, let a trigger or the application fill it for new rows, then fill the old rows in batches; or compute it in an index or a view.\n\n    ALTER TABLE {table} ADD COLUMN {column} {new_type};"
        ),
        Hazard::JsonColumn => format!("Use `jsonb`.\n\n    ALTER TABLE {table} ADD COLUMN {column} jsonb;"),
        Hazard::DropColumn => format!(
            "Two releases: first stop using `{}` everywhere and deploy that; drop it in the next one, when no old code runs.\n\n    SET lock_timeout = '2s';\n    ALTER TABLE {table} DROP COLUMN {column};",
            context.column
        ),
        Hazard::RenameColumn => format!(
            "Add `{}` beside it, write both, fill the old rows in batches, read the new one, stop writing the old one, and drop it in a later release. Or keep the name in the database and rename it in the code only.",
            context.new_name
        ),
        Hazard::TypeRewrite => format!(
            "Add a column of the new type, write both (a trigger does it), fill the old rows in batches, switch the reads, and drop the old one in a later release.\n\n    ALTER TABLE {table} ADD COLUMN {} {new_type};",
            quoted_joined(&[&context.column, "new"])
        ),
        Hazard::SetNotNullScan => {
            format!("Prove it with a check that is validated without blocking, in separate transactions; then `SET NOT NULL` reads nothing.\n\n{}", prove_not_null(context))
        }
        Hazard::ForeignKeyScan if context.null_default => format!(
            "Leave `DEFAULT NULL` out: a new column is null anyway, and without any default PostgreSQL knows that no row needs a look.\n\n    ALTER TABLE {table} ADD COLUMN {column} {new_type} REFERENCES {other};"
        ),
        Hazard::ForeignKeyScan if context.adds_column => format!(
            "Add the column first, and the foreign key in two steps.\n\n    ALTER TABLE {table} ADD CONSTRAINT {key} FOREIGN KEY ({column}) REFERENCES {other} NOT VALID;\n    ALTER TABLE {table} VALIDATE CONSTRAINT {key}; -- in another transaction",
            key = of_column("fk")
        ),
        Hazard::ForeignKeyScan => format!(
            "Two steps: add it for new rows, then check the old ones while writes go on, in another transaction.\n\n    ALTER TABLE {table} ADD CONSTRAINT {constraint} FOREIGN KEY (..) REFERENCES {other} NOT VALID;\n    ALTER TABLE {table} VALIDATE CONSTRAINT {constraint};"
        ),
        Hazard::CheckScan => format!(
            "Two steps: add it for new rows, then check the old ones while reads and writes go on, in another transaction.\n\n    ALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK (..) NOT VALID;\n    ALTER TABLE {table} VALIDATE CONSTRAINT {constraint};"
        ),
        Hazard::UniqueNotConcurrent => {
            let name = if context.adds_column { of_column("key") } else { constraint };
            let columns = if context.adds_column { column.as_str() } else { ".." };
            format!(
                "Build the index first, without blocking, and let the constraint take it over; {outside}.\n\n    CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns});\n    ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name};"
            )
        }
        Hazard::PrimaryKeyNotConcurrent => format!(
            "Build the index first, without blocking, and let the key take it over; its columns must be NOT NULL before. To do so, {outside}.\n\n    CREATE UNIQUE INDEX CONCURRENTLY {key} ON {table} (..);\n    ALTER TABLE {table} ADD CONSTRAINT {key} PRIMARY KEY USING INDEX {key};",
            key = quoted_joined(&[&context.table, "pkey"])
        ),
        Hazard::ExcludeNotConcurrent => {
            "PostgreSQL has no way to add one without blocking: plan a quiet moment with a `lock_timeout`, or enforce it in a new table.".to_owned()
        }
        Hazard::ValidateSameTransaction => {
            "Validate in a migration of its own, so that other locks are released before the rows are read.".to_owned()
        }
        Hazard::DomainConstraintScan => format!(
            "Add it for new values only: validating it takes the same locks. Prove the old ones with a check on each table, which is validated while others work.\n\n    ALTER DOMAIN {object} ADD CONSTRAINT {check} CHECK (..) NOT VALID;",
            check = quoted_joined(&[&context.object, "check"])
        ),
        Hazard::DomainColumnRewrite => format!(
            "Add it with the type below the domain; a check that is added `NOT VALID` says the same for new rows, and is validated in another transaction.\n\n    ALTER TABLE {table} ADD COLUMN {column} ..;\n    ALTER TABLE {table} ADD CONSTRAINT {check} CHECK (..) NOT VALID;\n    ALTER TABLE {table} VALIDATE CONSTRAINT {check};",
            check = of_column("check")
        ),
        Hazard::IndexOnOnly => format!(
            "If the table is an ordinary one, build the index without blocking writes; {outside}.\n\n    CREATE INDEX CONCURRENTLY {index} ON {table} (..);"
        ),
        Hazard::DropTable => format!(
            "Two releases: first remove every use of `{}` and deploy that; drop it in the next one. If you are unsure, revoke the rights on it for a while first.",
            context.table
        ),
        Hazard::RenameTable => format!(
            "Keep the table's name and rename it in the code only; or rename it and put a view with the old name in its place, in one transaction, until no old code runs.\n\n    ALTER TABLE {table} RENAME TO {new_name};\n    CREATE VIEW {table} AS SELECT * FROM {};",
            beside(&new_name)
        ),
        Hazard::SetSchema => {
            "Put a view with the old name in its place in the same transaction, and drop the view when no old code runs.".to_owned()
        }
        Hazard::Truncate => format!(
            "Delete in batches while others work, or do it outside of a deploy, with a backup.\n\n{}",
            delete_in_batches(&table)
        ),
        Hazard::TableRewrite if context.statement.starts_with("SET") => {
            "Make a new table with the wanted setting, copy the rows in batches, and swap the names; or plan a quiet moment with a `lock_timeout`.".to_owned()
        }
        Hazard::TableRewrite => {
            "Use `pg_repack` or `pg_squeeze`, which copy the table while others work; a plain `VACUUM` frees space for reuse.".to_owned()
        }
        Hazard::DetachPartition => {
            format!("Detach it without blocking; {outside}.\n\n    ALTER TABLE {table} DETACH PARTITION {partition} CONCURRENTLY;")
        }
        Hazard::MatviewRefresh if context.empties => {
            "Empty it only when nobody reads it any more; code that does must stop before.".to_owned()
        }
        Hazard::MatviewRefresh => format!(
            "With a unique index on the view it can be refreshed while others read it; only the first filling cannot.\n\n    REFRESH MATERIALIZED VIEW CONCURRENTLY {table};"
        ),
        Hazard::DropView | Hazard::DropFunction | Hazard::DropType | Hazard::DropSequence | Hazard::DropDomain
        | Hazard::DropSchema | Hazard::DropExtension | Hazard::DropDatabase => {
            "Remove every use first and deploy that; drop it in the next release, by name and without `CASCADE`.".to_owned()
        }
        Hazard::RenameObject => {
            "Make it under the new name beside the old one, move the code over, and drop the old one in a later release.".to_owned()
        }
        Hazard::EnumValueSameTransaction => {
            "Add the value in a migration of its own; use it in the next one.".to_owned()
        }
        Hazard::UnbatchedBackfill if context.statement == "DELETE" => {
            format!("Delete in batches, each in a transaction of its own.\n\n{}", delete_in_batches(&table))
        }
        Hazard::UnbatchedBackfill if context.statement == "MERGE" => {
            "Merge some thousand rows of the source at a time (`USING (SELECT .. ORDER BY id LIMIT 1000)`), each batch in a transaction of its own, outside of the schema migration.".to_owned()
        }
        Hazard::UnbatchedBackfill => format!(
            "Change some thousand rows at a time, each batch in a transaction of its own, outside of the schema migration.\n\n    UPDATE {table} SET .. WHERE id IN (\n      SELECT id FROM {table} WHERE .. ORDER BY id LIMIT 1000\n    ); -- again until no row is left"
        ),
        Hazard::UnseenSql => {
            "Write the statement out in the migration; or read it as if it stood here, and say so in a comment: `deckhand-ignore unseen-sql: why`.".to_owned()
        }
        Hazard::Irreversible => {
            "Write the half that goes back (`-- +goose Down`, `-- migrate:down`), if only to say that there is none.".to_owned()
        }
        Hazard::TransactionNesting => "Leave the inner `BEGIN` and its `COMMIT` out.".to_owned(),
        Hazard::UncommittedTransaction => "Add the missing `COMMIT;`.".to_owned(),
        Hazard::ExplicitLock => {
            "Let each statement take the weakest lock that it needs, and set a `lock_timeout` so that a busy table ends the migration instead of the application.".to_owned()
        }
        Hazard::DisableTrigger => {
            "Give the trigger a `WHEN` condition; or, as a superuser and for one transaction only: `SET LOCAL session_replication_role = 'replica'`, which leaves foreign keys unchecked as well.".to_owned()
        }
        Hazard::PrimaryKeyUsingIndex => format!(
            "Make sure that the columns are NOT NULL already.\n\n{}",
            prove_not_null(context)
        ),
        Hazard::PartitionAttach => format!(
            "Add a check constraint that says what the partition's bounds say and validate it first; then nothing is read.\n\n    ALTER TABLE {partition} ADD CONSTRAINT bounds CHECK (..) NOT VALID;\n    ALTER TABLE {partition} VALIDATE CONSTRAINT bounds;"
        ),
        Hazard::PartitionCreate => format!(
            "Make an ordinary table and attach it, which leaves reads and writes alone.\n\n    CREATE TABLE {table} (LIKE {partition} INCLUDING ALL);\n    ALTER TABLE {partition} ATTACH PARTITION {table} FOR VALUES ..;"
        ),
        _ => return None,
    })
}

/// What is done for each partition, as PostgreSQL does not take it for the whole of a partitioned table.
fn partitioned_advice(context: &Context) -> Option<String> {
    let [table, constraint, index, other] =
        [&context.table, &context.constraint, &context.index, &context.other].map(|name| quoted(name));
    Some(match context.hazard {
        Hazard::IndexNotConcurrent | Hazard::RefusedStatement if context.statement == "CREATE INDEX CONCURRENTLY" => {
            format!(
                "`CONCURRENTLY` is refused for a partitioned table. Make the index for the parent alone, build it for each partition without blocking ({}), and attach those; it is valid when all are attached.\n\n    CREATE INDEX {index} ON ONLY {table} (..);\n    CREATE INDEX CONCURRENTLY {part} ON the_partition (..);\n    ALTER INDEX {index} ATTACH PARTITION {part};",
                context.outside,
                part = quoted_joined(&[&context.index, "part"])
            )
        }
        Hazard::DropIndexNotConcurrent => {
            "PostgreSQL does not drop the index of a partitioned table concurrently: plan a quiet moment, with a `lock_timeout`.".to_owned()
        }
        Hazard::RefusedStatement if context.statement == "DROP INDEX CONCURRENTLY" => {
            "The index of a partitioned table goes without `CONCURRENTLY` only, and with those of its partitions: plan a quiet moment, with a `lock_timeout`.".to_owned()
        }
        Hazard::ForeignKeyScan => format!(
            "Add it to each partition in two steps; the parent then takes those over and reads nothing.\n\n    ALTER TABLE the_partition ADD CONSTRAINT {constraint} FOREIGN KEY (..) REFERENCES {other} NOT VALID;\n    ALTER TABLE the_partition VALIDATE CONSTRAINT {constraint}; -- in another transaction\n    ALTER TABLE {table} ADD CONSTRAINT {constraint} FOREIGN KEY (..) REFERENCES {other}; -- when all have it"
        ),
        Hazard::UniqueNotConcurrent | Hazard::PrimaryKeyNotConcurrent | Hazard::RefusedStatement => {
            let kind = if context.hazard == Hazard::PrimaryKeyNotConcurrent { "PRIMARY KEY" } else { "UNIQUE" };
            format!(
                "`USING INDEX` is refused for a partitioned table. Give each partition the constraint over an index that is built without blocking ({}); the parent then takes those over and builds nothing.\n\n    CREATE UNIQUE INDEX CONCURRENTLY {part} ON the_partition (..);\n    ALTER TABLE the_partition ADD CONSTRAINT {part} {kind} USING INDEX {part};\n    ALTER TABLE {table} ADD CONSTRAINT {constraint} {kind} (..); -- when all have it",
                context.outside,
                part = quoted_joined(&[&context.constraint, "part"])
            )
        }
        _ => return None,
    })
}

fn prove_not_null(context: &Context) -> String {
    let (table, column) = (quoted(&context.table), quoted(&context.column));
    let check = quoted_joined(&[&context.table, &context.column, "not_null"]);
    format!(
        "    ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID;\n    ALTER TABLE {table} VALIDATE CONSTRAINT {check};\n    ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;\n    ALTER TABLE {table} DROP CONSTRAINT {check};"
    )
}

fn delete_in_batches(tables: &str) -> String {
    let one = |table: &str| {
        format!(
            "    DELETE FROM {table} WHERE id IN (\n      SELECT id FROM {table} ORDER BY id LIMIT 1000\n    ); -- again until no row is left"
        )
    };
    tables.split(", ").map(one).collect::<Vec<_>>().join("\n")
}

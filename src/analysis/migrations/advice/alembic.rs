//! Advice in Alembic's words.

use super::super::hazard::Hazard;
use super::Context;

pub(super) fn advice(context: &Context) -> Option<String> {
    let Context { table, column, constraint, index, other, .. } = context;
    Some(match context.hazard {
        Hazard::IndexNotConcurrent => format!(
            "Build it without blocking writes.\n\n    with op.get_context().autocommit_block():\n        op.create_index(\"{index}\", \"{table}\", [..], postgresql_concurrently=True)"
        ),
        Hazard::DropIndexNotConcurrent => format!(
            "Drop it without blocking.\n\n    with op.get_context().autocommit_block():\n        op.drop_index(\"{index}\", postgresql_concurrently=True)"
        ),
        Hazard::ConcurrentInTransaction => {
            "Leave the migration's transaction for this statement.\n\n    with op.get_context().autocommit_block():\n        ..".to_owned()
        }
        Hazard::RequiredColumn => format!(
            "Give the database a default, or add it nullable, fill it in batches, and constrain it later.\n\n    op.add_column(\"{table}\", sa.Column(\"{column}\", sa.Text(), nullable=False, server_default=\"\"))"
        ),
        Hazard::ForeignKeyScan => format!(
            "Two migrations: add it for new rows, then check the old ones.\n\n    op.create_foreign_key(\"{constraint}\", \"{table}\", \"{other}\", [..], [..], postgresql_not_valid=True)\n    # next migration:\n    op.execute(\"ALTER TABLE {table} VALIDATE CONSTRAINT {constraint}\")"
        ),
        Hazard::CheckScan => format!(
            "Two migrations: add it for new rows, then check the old ones.\n\n    op.create_check_constraint(\"{constraint}\", \"{table}\", .., postgresql_not_valid=True)\n    # next migration:\n    op.execute(\"ALTER TABLE {table} VALIDATE CONSTRAINT {constraint}\")"
        ),
        Hazard::SetNotNullScan => format!(
            "Prove it with a check that is validated without blocking, each in a migration of its own.\n\n    op.create_check_constraint(\"{table}_{column}_nn\", \"{table}\", \"{column} IS NOT NULL\", postgresql_not_valid=True)\n    # next migration:\n    op.execute(\"ALTER TABLE {table} VALIDATE CONSTRAINT {table}_{column}_nn\")\n    op.alter_column(\"{table}\", \"{column}\", nullable=False)\n    op.drop_constraint(\"{table}_{column}_nn\", \"{table}\")"
        ),
        Hazard::UniqueNotConcurrent => format!(
            "Build the index first, without blocking, and let the constraint take it over.\n\n    with op.get_context().autocommit_block():\n        op.create_index(\"{constraint}\", \"{table}\", [..], unique=True, postgresql_concurrently=True)\n    op.execute(\"ALTER TABLE {table} ADD CONSTRAINT {constraint} UNIQUE USING INDEX {constraint}\")"
        ),
        Hazard::DropColumn => format!(
            "Two releases: first take `{column}` out of the models (or mark it `deferred`) and deploy that; drop it in the next one, when no old code runs."
        ),
        Hazard::TypeRewrite => format!(
            "Add a column of the new type, write both, fill the old rows in batches, switch the reads, and drop the old one in a later release.\n\n    op.add_column(\"{table}\", sa.Column(\"{column}_new\", ..))"
        ),
        Hazard::RenameColumn => format!(
            "Keep the column and rename only the attribute: `{} = mapped_column(\"{column}\", ..)`.",
            context.new_name
        ),
        Hazard::RenameTable => format!("Keep the table and name it in the model: `__tablename__ = \"{table}\"`."),
        Hazard::VolatileDefaultRewrite => format!(
            "Add it without the default, set the default for new rows, then fill the old rows in batches.\n\n    op.add_column(\"{table}\", sa.Column(\"{column}\", ..))\n    op.alter_column(\"{table}\", \"{column}\", server_default=sa.text(\"..\"))"
        ),
        Hazard::JsonColumn => format!(
            "Use `JSONB`.\n\n    from sqlalchemy.dialects import postgresql\n\n    op.add_column(\"{table}\", sa.Column(\"{column}\", postgresql.JSONB()))"
        ),
        Hazard::UnbatchedBackfill if context.statement != "DELETE" => format!(
            "Change some thousand rows at a time, each batch in a transaction of its own.\n\n    with op.get_context().autocommit_block():\n        while op.get_bind().execute(sa.text(\n            \"UPDATE {table} SET .. WHERE id IN (SELECT id FROM {table} WHERE .. LIMIT 1000)\"\n        )).rowcount:\n            pass"
        ),
        Hazard::Irreversible => "Write `downgrade`, or let it raise and say why there is no way back.".to_owned(),
        _ => return None,
    })
}

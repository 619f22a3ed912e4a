//! Advice in Django's words.

use super::super::hazard::Hazard;
use super::Context;

pub(super) fn advice(context: &Context) -> Option<String> {
    let Context { table, model, column, field, class, constraint, .. } = context;
    let index = &context.index;
    Some(match context.hazard {
        Hazard::IndexNotConcurrent => format!(
            "Build it without blocking writes, in a migration of its own with `atomic = False`; for a field with an index of its own, add the field with `db_index=False` and the index afterwards.\n\n    from django.contrib.postgres.operations import AddIndexConcurrently\n\n    class Migration(migrations.Migration):\n        atomic = False\n        operations = [\n            AddIndexConcurrently(\"{model}\", models.Index(fields=[..], name=\"{index}\")),\n        ]"
        ),
        Hazard::DropIndexNotConcurrent => format!(
            "Drop it without blocking, in a migration of its own with `atomic = False`.\n\n    from django.contrib.postgres.operations import RemoveIndexConcurrently\n\n    RemoveIndexConcurrently(\"{model}\", \"{index}\")"
        ),
        Hazard::RequiredColumn => format!(
            "Django drops the default again after the column is made, so code that does not know `{column}` cannot insert. Give the database the default (`db_default`, Django 5), or add it with `null=True`, fill it in batches, and make it required in a later release.\n\n    migrations.AddField(\"{model}\", \"{field}\", models.{class}(.., db_default=..))"
        ),
        Hazard::VolatileDefaultRewrite => format!(
            "Add it without the default; give new rows the default in the next migration, which touches no old row; then fill those in batches.\n\n    migrations.AddField(\"{model}\", \"{field}\", models.{class}(.., null=True))\n    # next migration:\n    migrations.AlterField(\"{model}\", \"{field}\", models.{class}(.., null=True, db_default=..))"
        ),
        Hazard::TypeRewrite => format!(
            "Add a field of the new type, write both, fill the old rows in batches, switch the reads, and drop the old one in a later release.\n\n    migrations.AddField(\"{model}\", \"{field}_new\", ..)"
        ),
        Hazard::SetNotNullScan => format!(
            "{}Prove it first: a check without validation in one migration, its validation in the next, then the field.\n\n    AddConstraintNotValid(\"{model}\", models.CheckConstraint(\n        condition=models.Q({field}__isnull=False), name=\"{table}_{column}_not_null\"))\n    # next migration:\n    ValidateConstraint(\"{model}\", \"{table}_{column}_not_null\")\n    # then AlterField: PostgreSQL uses the check and reads nothing",
            if context.fills { "Fill the rows that are null in batches beforehand, and leave the default out of this `AlterField` (a `default` can come back in the next one, which then does nothing). " } else { "" }
        ),
        Hazard::CheckScan if context.adds_column => format!(
            "The check comes with the field. Make it with `models.IntegerField(null=True)` first, add the check without validation, and validate it in the next migration; the model then keeps that field and that check.\n\n    migrations.AddField(\"{model}\", \"{field}\", models.IntegerField(null=True))\n    AddConstraintNotValid(\"{model}\", models.CheckConstraint(\n        condition=models.Q({field}__gte=0), name=\"{table}_{column}_positive\"))\n    # next migration:\n    ValidateConstraint(\"{model}\", \"{table}_{column}_positive\")"
        ),
        Hazard::CheckScan => format!(
            "Add it without validation, and validate in the next migration.\n\n    from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint\n\n    AddConstraintNotValid(\"{model}\", models.CheckConstraint(.., name=\"{constraint}\"))\n    # next migration:\n    ValidateConstraint(\"{model}\", \"{constraint}\")"
        ),
        Hazard::UniqueNotConcurrent => format!(
            "Build a unique index without blocking and let the constraint take it over, with `atomic = False`.\n\n    migrations.SeparateDatabaseAndState(\n        database_operations=[\n            migrations.RunSQL(\"CREATE UNIQUE INDEX CONCURRENTLY {table}_uniq ON {table} (..)\"),\n            migrations.RunSQL(\"ALTER TABLE {table} ADD CONSTRAINT {table}_uniq UNIQUE USING INDEX {table}_uniq\"),\n        ],\n        state_operations=[..],\n    )"
        ),
        Hazard::DropColumn => format!(
            "Two releases: first take the field out of the models only, so that no code selects it; drop the column in the next one. New rows lack it meanwhile, so a column that is NOT NULL without a default in the database gets `null=True` before.\n\n    # first release\n    migrations.AlterField(\"{model}\", \"{field}\", ..),  # with null=True, if it may not be null\n    migrations.SeparateDatabaseAndState(\n        state_operations=[migrations.RemoveField(\"{model}\", \"{field}\")],\n    )\n    # second release\n    migrations.RunSQL(\"ALTER TABLE {table} DROP COLUMN {column}\")"
        ),
        Hazard::RenameColumn => format!(
            "Keep the column and rename only the field: with `db_column=\"{column}\"` among its arguments nothing is renamed in the database.\n\n    migrations.AlterField(\"{model}\", \"{field}\", ..),  # with db_column=\"{column}\"\n    migrations.RenameField(\"{model}\", \"{field}\", ..),"
        ),
        Hazard::RenameTable => format!(
            "Keep the table and rename only the model: `class Meta: db_table = \"{table}\"`, and tell Django only.\n\n    migrations.SeparateDatabaseAndState(state_operations=[\n        migrations.RenameModel(..),\n        migrations.AlterModelTable(.., \"{table}\"),\n    ])"
        ),
        Hazard::DropTable => format!(
            "Two releases: first remove every use of the model, with `SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(\"{model}\")])`; drop the table in the next one."
        ),
        Hazard::ForeignKeyInlineLock => {
            "Set `lock_timeout` in the connection's options for migrations, so that a busy table ends the migration and not the application.".to_owned()
        }
        Hazard::ForeignKeyScan => {
            "Add the field with `db_constraint=False`, then the constraint with `NOT VALID` in `RunSQL`, and validate it in the next migration.".to_owned()
        }
        Hazard::UnbatchedBackfill => {
            "Change some thousand rows at a time, in a `RunPython` of a migration with `atomic = False`.\n\n    while Model.objects.filter(pk__in=Model.objects.filter(..).values(\"pk\")[:1000]).update(..):\n        pass".to_owned()
        }
        Hazard::LiveModelImport => {
            "Take the model as it was at this point of the history.\n\n    def forwards(apps, schema_editor):\n        Model = apps.get_model(\"app\", \"Model\")".to_owned()
        }
        Hazard::Irreversible => {
            "Say how to take it back, or that nothing is to be done: `migrations.RunPython(forwards, migrations.RunPython.noop)`, `migrations.RunSQL(sql, reverse_sql=migrations.RunSQL.noop)`.".to_owned()
        }
        _ => return None,
    })
}

//! Advice in the words of Rails.

use super::super::hazard::Hazard;
use super::Context;

pub(super) fn advice(context: &Context) -> Option<String> {
    let Context { table, column, constraint, index, other, new_type, .. } = context;
    Some(match context.hazard {
        Hazard::IndexNotConcurrent if context.adds_column || index == "the_index" => format!(
            "Build it without blocking writes, in a migration of its own.\n\n    disable_ddl_transaction!\n\n    def change\n      add_index :{table}, :.., algorithm: :concurrently\n    end"
        ),
        Hazard::IndexNotConcurrent => format!(
            "Build it without blocking writes, in a migration of its own.\n\n    disable_ddl_transaction!\n\n    def change\n      add_index :{table}, .., name: \"{index}\", algorithm: :concurrently\n    end"
        ),
        Hazard::DropIndexNotConcurrent => format!(
            "Drop it without blocking, in a migration of its own.\n\n    disable_ddl_transaction!\n\n    def change\n      remove_index :{table}, .., algorithm: :concurrently\n    end"
        ),
        Hazard::ConcurrentInTransaction => {
            "Give it a migration of its own that says `disable_ddl_transaction!`.".to_owned()
        }
        Hazard::RequiredColumn => format!(
            "Give it a constant default, or add it nullable, fill it in batches, and constrain it later.\n\n    add_column :{table}, :{column}, :string, null: false, default: \"\""
        ),
        Hazard::VolatileDefaultRewrite => format!(
            "Add it without the default, set the default for new rows, then fill the old ones in batches.\n\n    add_column :{table}, :{column}, :..\n    change_column_default :{table}, :{column}, from: nil, to: -> {{ \"..\" }}"
        ),
        Hazard::JsonColumn => format!("Use `jsonb`.\n\n    add_column :{table}, :{column}, :jsonb"),
        Hazard::ForeignKeyScan => format!(
            "Two migrations: add it for new rows, then check the old ones.\n\n    add_foreign_key :{table}, :{other}, validate: false\n    # next migration:\n    validate_foreign_key :{table}, :{other}"
        ),
        Hazard::CheckScan => format!(
            "Two migrations: add it for new rows, then check the old ones.\n\n    add_check_constraint :{table}, \"..\", name: \"{0}\", validate: false\n    # next migration:\n    validate_check_constraint :{table}, name: \"{0}\"",
            context.constraint
        ),
        Hazard::SetNotNullScan => format!(
            "Prove it with a check that is validated without blocking.\n\n    add_check_constraint :{table}, \"{column} IS NOT NULL\", name: \"{table}_{column}_null\", validate: false\n    # next migration:\n    validate_check_constraint :{table}, name: \"{table}_{column}_null\"\n    change_column_null :{table}, :{column}, false\n    remove_check_constraint :{table}, name: \"{table}_{column}_null\""
        ),
        Hazard::DropColumn => format!(
            "Two releases: first let Active Record forget the column and deploy that; drop it in the next one.\n\n    self.ignored_columns += [\"{column}\"]\n    # next release:\n    # deckhand-ignore drop-column: no code has known it since the last release\n    remove_column :{table}, :{column}\n\nWith the gem strong_migrations, `safety_assured {{ .. }}` around it says the same."
        ),
        Hazard::RenameColumn => format!(
            "Keep the column and give the attribute a second name (`alias_attribute :{}, :{column}`); or add a new column, write both, fill it in batches, switch, and drop the old one later.",
            context.new_name
        ),
        Hazard::RenameTable => format!(
            "Keep the table and name it in the model: `self.table_name = \"{table}\"`."
        ),
        Hazard::UnbatchedBackfill => {
            "Fill in batches, outside of the transaction and apart from schema changes.\n\n    disable_ddl_transaction!\n\n    def up\n      Model.unscoped.in_batches(of: 1000) do |rows|\n        rows.update_all(..)\n        sleep(0.01)\n      end\n    end".to_owned()
        }
        Hazard::UnclearOperation => {
            "Write the operations out one by one (`add_column`, `add_index`, ..), or say above it that it is meant: `# deckhand-ignore unclear-operation: why` (with the gem strong_migrations, `safety_assured { .. }` does too).".to_owned()
        }
        Hazard::Irreversible => "Write `up` and `down`, or a `reversible` block.".to_owned(),
        Hazard::DropTable if context.statement == "CREATE TABLE" => {
            "Leave `force` out of `create_table`: it drops the table that is there.".to_owned()
        }
        Hazard::TypeRewrite => format!(
            "Add a column of the new type, write both, fill the old rows in batches, switch the reads, and drop the old one in a later release.\n\n    add_column :{table}, :{column}_new, :{new_type}"
        ),
        Hazard::UniqueNotConcurrent => format!(
            "Build the index first, without blocking, and let the constraint take it over.\n\n    disable_ddl_transaction!\n\n    def change\n      add_index :{table}, .., unique: true, name: \"{constraint}\", algorithm: :concurrently\n      add_unique_constraint :{table}, using_index: \"{constraint}\"\n    end"
        ),
        _ => return None,
    })
}

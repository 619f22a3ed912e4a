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
        Hazard::ConcurrentInTransaction if context.in_block => {
            "Take it out of the `transaction` block, or give it a text of its own, in a migration that says `disable_ddl_transaction!`.".to_owned()
        }
        Hazard::ConcurrentInTransaction => {
            "Give it a migration of its own that says `disable_ddl_transaction!`.".to_owned()
        }
        Hazard::RequiredColumn => format!(
            "Give it a constant default, or add it nullable, fill it in batches, and constrain it later.\n\n    add_column :{table}, :{column}, {}, null: false, default: {}",
            ruby_type(new_type),
            default_of_type(new_type)
        ),
        Hazard::VolatileDefaultRewrite => format!(
            "Add it without the default, set the default for new rows, then fill the old ones in batches.\n\n    add_column :{table}, :{column}, :..\n    change_column_default :{table}, :{column}, from: nil, to: -> {{ \"..\" }}"
        ),
        Hazard::JsonColumn => format!("Use `jsonb`.\n\n    add_column :{table}, :{column}, :jsonb"),
        Hazard::ForeignKeyScan => format!(
            "Two migrations: add it for new rows, then check the old ones.\n\n    add_foreign_key :{table}, :{other}{0}, validate: false\n    # next migration:\n    validate_foreign_key :{table}, :{other}{0}",
            column_of_key(context)
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
            "Add a column of the new type, write both, fill the old rows in batches, switch the reads, and drop the old one in a later release.\n\n    add_column :{table}, :{column}_new, {}",
            ruby_type(new_type)
        ),
        Hazard::UniqueNotConcurrent => format!(
            "Build the index first, without blocking, and let the constraint take it over.\n\n    disable_ddl_transaction!\n\n    def change\n      add_index :{table}, .., unique: true, name: \"{constraint}\", algorithm: :concurrently\n      add_unique_constraint :{table}, using_index: \"{constraint}\"\n    end"
        ),
        _ => return None,
    })
}

/// `, column: :owner_id`, where the name of a key says which one it is.
fn column_of_key(context: &Context) -> String {
    let Context { table, constraint, other, .. } = context;
    let named = constraint.strip_prefix("fk_").and_then(|rest| rest.strip_prefix(table.as_str()));
    match named.and_then(|rest| rest.strip_prefix('_')) {
        Some(column) if column != other && !column.is_empty() => format!(", column: :{column}"),
        _ => String::new(),
    }
}

/// A type of PostgreSQL as Rails writes it: `:string, limit: 10` for `varchar(10)`.
fn ruby_type(kind: &str) -> String {
    let (plain, array) = kind.strip_suffix("[]").map_or((kind, ""), |plain| (plain, ", array: true"));
    let (name, arguments) = plain.split_once('(').unwrap_or((plain, ""));
    let arguments: Vec<&str> = arguments.trim_end_matches(')').split(", ").filter(|it| !it.is_empty()).collect();
    let (name, options): (&str, &[&str]) = match name {
        "varchar" => ("string", &["limit"]),
        "numeric" => ("decimal", &["precision", "scale"]),
        "timestamp" => ("datetime", &["precision"]),
        "timestamptz" => ("timestamptz", &["precision"]),
        "double" => ("float", &[]),
        "bytea" => ("binary", &[]),
        "the_type" | "" => return "..".to_owned(),
        other if arguments.is_empty() && other.chars().all(|it| it.is_ascii_alphanumeric() || it == '_') => {
            (other, &[])
        }
        _ => return format!("\"{plain}\"{array}"),
    };
    let options: String = options.iter().zip(arguments).map(|(key, value)| format!(", {key}: {value}")).collect();
    format!(":{name}{options}{array}")
}

/// A default for the type, as an example.
fn default_of_type(kind: &str) -> &'static str {
    match kind.split('(').next().unwrap_or(kind) {
        _ if kind.ends_with("[]") => "[]",
        "varchar" | "text" | "citext" | "char" => "\"\"",
        "integer" | "bigint" | "smallint" | "numeric" | "double" | "real" | "money" => "0",
        "boolean" => "false",
        "json" | "jsonb" | "hstore" => "{}",
        "timestamp" | "timestamptz" | "date" => "-> { \"CURRENT_TIMESTAMP\" }",
        _ => "..",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_in_the_words_of_rails() {
        for (kind, ruby) in [
            ("varchar(10)", ":string, limit: 10"),
            ("varchar[]", ":string, array: true"),
            ("double", ":float"),
            ("numeric(10, 2)", ":decimal, precision: 10, scale: 2"),
            ("timestamp(3)", ":datetime, precision: 3"),
            ("bit(3)", "\"bit(3)\""),
            ("bigint", ":bigint"),
        ] {
            assert_eq!(ruby_type(kind), ruby);
        }
    }
}

//! The tools that run migrations: what they call themselves, how they treat transactions, whose code they are written in.

/// A tool that runs migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Framework {
    /// Plain SQL, run by hand or by a tool that leaves no marks.
    Sql,
    /// Flyway: `V1__name.sql`.
    Flyway,
    /// goose: `-- +goose Up`.
    Goose,
    /// dbmate: `-- migrate:up`.
    Dbmate,
    /// Prisma: `migrations/*/migration.sql`.
    Prisma,
    /// Diesel: `migrations/*/up.sql`.
    Diesel,
    /// sqlx: `migrations/<time>_name.sql`.
    Sqlx,
    /// Liquibase with formatted SQL.
    Liquibase,
    /// Django's `migrations/0001_name.py`.
    Django,
    /// Alembic's `versions/*.py`.
    Alembic,
    /// Rails' `db/migrate/*.rb`.
    Rails,
    /// Ecto's `priv/repo/migrations/*.exs`.
    Ecto,
    /// Knex' `migrations/<time>_name.js`.
    Knex,
    /// TypeORM's `migrations/<time>-name.ts`.
    TypeOrm,
    /// Sequelize's `migrations/<time>-name.js`.
    Sequelize,
    /// Kysely's `migrations/<time>_name.ts`.
    Kysely,
}

/// The language in which advice is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQL.
    Sql,
    /// Django's `migrations/0001_name.py`.
    Django,
    /// Alembic's `versions/*.py`.
    Alembic,
    /// Rails' `db/migrate/*.rb`.
    Rails,
    /// Ecto's `priv/repo/migrations/*.exs`.
    Ecto,
    /// Knex, TypeORM, Sequelize and Kysely, where most of what blocks nobody is written in SQL.
    JavaScript,
}

impl Framework {
    /// All of them.
    pub const ALL: [Framework; 16] = [
        Framework::Sql,
        Framework::Flyway,
        Framework::Goose,
        Framework::Dbmate,
        Framework::Prisma,
        Framework::Diesel,
        Framework::Sqlx,
        Framework::Liquibase,
        Framework::Django,
        Framework::Alembic,
        Framework::Rails,
        Framework::Ecto,
        Framework::Knex,
        Framework::TypeOrm,
        Framework::Sequelize,
        Framework::Kysely,
    ];

    /// The word in options and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Framework::Sql => "sql",
            Framework::Flyway => "flyway",
            Framework::Goose => "goose",
            Framework::Dbmate => "dbmate",
            Framework::Prisma => "prisma",
            Framework::Diesel => "diesel",
            Framework::Sqlx => "sqlx",
            Framework::Liquibase => "liquibase",
            Framework::Django => "django",
            Framework::Alembic => "alembic",
            Framework::Rails => "rails",
            Framework::Ecto => "ecto",
            Framework::Knex => "knex",
            Framework::TypeOrm => "typeorm",
            Framework::Sequelize => "sequelize",
            Framework::Kysely => "kysely",
        }
    }

    /// The language of its migrations.
    pub fn dialect(self) -> Dialect {
        match self {
            Framework::Django => Dialect::Django,
            Framework::Alembic => Dialect::Alembic,
            Framework::Rails => Dialect::Rails,
            Framework::Ecto => Dialect::Ecto,
            Framework::Knex | Framework::TypeOrm | Framework::Sequelize | Framework::Kysely => Dialect::JavaScript,
            _ => Dialect::Sql,
        }
    }

    /// How an author runs one migration outside a transaction.
    pub fn without_transaction(self) -> &'static str {
        match self {
            Framework::Sql => "run the file without a transaction around it",
            Framework::Flyway => "write `executeInTransaction=false` into the migration's `.conf` file",
            Framework::Goose => "begin the file with `-- +goose NO TRANSACTION`",
            Framework::Dbmate => "write `-- migrate:up transaction:false`",
            Framework::Prisma => "make it the only statement of its migration",
            Framework::Diesel => "write `run_in_transaction = false` into the migration's `metadata.toml`",
            Framework::Sqlx => "begin the file with `-- no-transaction`",
            Framework::Liquibase => "write `runInTransaction:false` behind the changeset",
            Framework::Django => "set `atomic = False` in the migration",
            Framework::Alembic => "put it under `with op.get_context().autocommit_block():`",
            Framework::Rails => "write `disable_ddl_transaction!` into the migration",
            Framework::Knex => "write `exports.config = { transaction: false }`",
            Framework::TypeOrm => {
                "write `transaction = false` into the migration class and run it with `migrationsTransactionMode: \"each\"`"
            }
            Framework::Sequelize => "leave `sequelize.transaction` out of this migration",
            Framework::Kysely => "run it by itself with `disableTransactions: true`",
            Framework::Ecto => "set `@disable_ddl_transaction true` and `@disable_migration_lock true`",
        }
    }
}

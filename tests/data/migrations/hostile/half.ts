exports.up = async (knex) => {
  await knex.schema.alterTable("users", (t) => t.string(`a${
  knex.raw("DROP TABLE 
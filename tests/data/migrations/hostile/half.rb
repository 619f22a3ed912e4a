class A < ActiveRecord::Migration[7.1]
  def change
    execute <<~SQL
      DROP TABLE t;

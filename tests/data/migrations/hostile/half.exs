defmodule A do
  use Ecto.Migration
  def change do
    execute """
    DROP TABLE t;

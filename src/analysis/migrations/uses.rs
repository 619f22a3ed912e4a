//! Where code still uses a column or a table that goes away: by its name, by its name in the code's own spelling, and by
//! the class that stands for the table.

use super::review::SchemaChange;
use crate::analysis::flags::find_uses;
use std::collections::BTreeSet;

/// What code calls the column or table of a change: its name, and for several words also in camel case. A class is
/// called after one row of its table.
pub fn names_in_code(change: &SchemaChange) -> Vec<String> {
    let last = |full: &str| full.rsplit('.').next().unwrap_or(full).to_owned();
    let Some(column) = change.column.as_deref().map(last) else {
        let table = last(&change.table);
        let class = class_of(change);
        return [table, class].into_iter().filter(|name| !name.is_empty()).collect();
    };
    let mut names = vec![column.clone()];
    if column.contains('_') {
        let large = camel(&column);
        names.push(large.chars().take(1).flat_map(char::to_lowercase).chain(large.chars().skip(1)).collect());
        names.push(large);
    }
    // A field that points to another model is a column of this name.
    if change.model.is_some() && !column.ends_with("_id") {
        names.push(format!("{column}_id"));
    }
    names.retain(|name| !name.is_empty());
    names
}

/// The class of a table: as the migration writes it, or what frameworks make of the table's name.
fn class_of(change: &SchemaChange) -> String {
    let table = change.table.rsplit('.').next().unwrap_or_default();
    change.model.clone().unwrap_or_else(|| camel(&singular(table)))
}

/// What files that speak of a table may be called after: `users`, `user`; of `shop_order_items` also `order_item`.
pub fn names_of_table(table: &str) -> Vec<String> {
    let table = table.rsplit('.').next().unwrap_or(table);
    let one = singular(table);
    let without_app = one.split_once('_').map(|(_, model)| model.to_owned());
    [Some(one.clone()), Some(table.to_owned()), without_app].into_iter().flatten().filter(|it| it.len() > 2).collect()
}

/// The lines of a file of the head that use what a change of the migration takes away.
pub fn lines_that_use(migration: &str, path: &str, text: &str, change: &SchemaChange) -> BTreeSet<u32> {
    let names = names_in_code(change);
    if change.column.is_some() {
        if !speaks_of_table(text, &change.table) {
            return BTreeSet::new();
        }
        return names.iter().flat_map(|name| find_uses(path, text, name)).collect();
    }
    let mut used = BTreeSet::new();
    let Some((table, classes)) = names.split_first() else { return used };
    let kind = path.rsplit('.').next().unwrap_or_default();
    let class_counts = change.model.is_none() || is_of_app(migration, path, text);
    let lines: Vec<&str> = text.lines().collect();
    let line = |number: &u32| lines.get(*number as usize - 1).copied().unwrap_or_default();
    used.extend(find_uses(path, text, table).into_iter().filter(|at| is_table(line(at), table)));
    for class in classes.iter().filter(|_| class_counts) {
        used.extend(find_uses(path, text, class).into_iter().filter(|at| is_class(line(at), class, kind)));
    }
    used
}

/// Whether a file is of the app whose migration it is, or speaks of that app.
fn is_of_app(migration: &str, path: &str, text: &str) -> bool {
    let Some(app) = migration.rsplit('/').nth(2).filter(|app| !app.is_empty()) else { return true };
    path.split('/').any(|part| part == app) || text.contains(&format!("{app}.")) || text.contains(&format!("{app}\""))
}

/// Each place of a word in a line: what is before and after it.
fn places<'a>(line: &'a str, word: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word)
        .map(|(at, found)| (&line[..at], &line[at + found.len()..]))
        .filter(move |(before, after)| !before.ends_with(inside) && !after.starts_with(inside))
}

/// Whether a line means a table and not a variable of that name. A name of several words is taken for the table.
fn is_table(line: &str, table: &str) -> bool {
    let start = line.trim_start();
    let routes = start.starts_with("resources ") || start.starts_with("resource ");
    let imports = start.starts_with("import ") || start.starts_with("from ") || start.contains("require(");
    if routes || imports {
        return table.contains('_') && !routes;
    }
    table.contains('_')
        || places(line, table).any(|(before, after)| {
            let quoted = ['"', '\'', '`'].iter().any(|quote| before.ends_with(*quote) && after.starts_with(*quote));
            let symbol = before.ends_with(':') && !before.ends_with("::");
            let path = after.starts_with("::") || ["prisma.", "db.", "tx."].iter().any(|start| before.ends_with(start));
            let word = before.trim_end().rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
            quoted || symbol || path || (before.ends_with([' ', '.', '"']) && is_before_a_table(word))
        })
}

/// Words of SQL after which a table stands.
fn is_before_a_table(word: &str) -> bool {
    ["from", "join", "into", "update", "table", "only", "truncate", "references"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether a line uses a class as one that stands for a table, in the language of the file.
fn is_class(line: &str, class: &str, kind: &str) -> bool {
    let start = line.trim_start();
    let imported = || {
        let listed = start.trim_end().trim_end_matches(',') == class;
        start.starts_with("from ") || start.starts_with("import ") || listed
    };
    places(line, class).any(|(before, after)| {
        let before = before.trim_end();
        let declared = before.ends_with("class");
        let asked = |words: &[&str]| words.iter().any(|word| before.ends_with(word));
        match kind {
            "py" => {
                (declared && after.starts_with('('))
                    || imported()
                    || [".objects", "._default_manager", "._base_manager", ".query", ".DoesNotExist"]
                        .iter()
                        .any(|use_of| after.starts_with(use_of))
                    || asked(&[
                        "query(",
                        "select(",
                        "insert(",
                        "update(",
                        "delete(",
                        "_or_404(",
                        "register(",
                        "model =",
                    ])
                    || asked(&["ForeignKey(", "OneToOneField(", "ManyToManyField("])
                    || (line.contains("get_model(") && before.ends_with(['"', '\'']))
                    || (before.ends_with('.') && after.starts_with(['"', '\'']))
            }
            "rb" | "rake" => {
                (declared && after.trim_start().starts_with('<'))
                    || (after.starts_with('.') && !after.starts_with(".."))
                    || asked(&["class_name: \"", "class_name: '"])
            }
            "ex" | "exs" => {
                (before.ends_with('%') && after.starts_with('{'))
                    || start.starts_with("alias ")
                    || before.ends_with(" in")
                    || before.contains("Repo.")
            }
            "php" => declared || after.starts_with("::") || before.ends_with("new"),
            _ => false,
        }
    })
}

/// Whether a text speaks of a table, by its name or by what a model of it is called: `users`, `user`, `User`; of
/// `shop_order_items` also `OrderItem`.
fn speaks_of_table(text: &str, table: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().replace('_', "");
    let table = table.rsplit('.').next().unwrap_or(table);
    let one = singular(table);
    let text = plain(text);
    let without_app = one.split_once('_').map_or("", |(_, model)| model);
    let found = |name: &str| name.len() > 2 && text.contains(&plain(name));
    table.is_empty() || found(table) || found(&one) || found(without_app)
}

fn camel(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    words.flat_map(|word| word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1))).collect()
}

fn singular(table: &str) -> String {
    let one = table.strip_suffix("ies").map(|stem| format!("{stem}y"));
    one.unwrap_or_else(|| table.strip_suffix('s').unwrap_or(table).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::migrations::step::Span;

    #[test]
    fn models_speak_of_their_tables() {
        assert!(speaks_of_table("class User(Model):", "users") && speaks_of_table("from Categories", "categories"));
        assert!(speaks_of_table("class OrderItem(Model):", "shop_order_items"));
        assert!(!speaks_of_table("class Invoice:", "users"));
    }

    #[test]
    fn code_has_its_own_spelling() {
        let names = |table: &str, column: Option<&str>| {
            let column = column.map(str::to_owned);
            names_in_code(&SchemaChange {
                span: Span::default(),
                kind: "drop_column",
                table: table.to_owned(),
                column,
                model: None,
            })
        };
        assert_eq!(names("users", Some("nick_name")), ["nick_name", "nickName", "NickName"]);
        assert_eq!(names("users", Some("age")), ["age"]);
        assert_eq!(names("public.order_items", None), ["order_items", "OrderItem"]);
        assert_eq!(names("people", None), ["people", "People"]);
        assert_eq!(names_of_table("shop_order_items"), ["shop_order_item", "shop_order_items", "order_item"]);
    }

    fn dropped(table: &str, model: Option<&str>) -> SchemaChange {
        let model = model.map(str::to_owned);
        SchemaChange { span: Span::default(), kind: "drop_table", table: table.to_owned(), column: None, model }
    }

    #[test]
    fn a_django_model_is_known_by_its_class() {
        let change = dropped("shop_lineitem", Some("LineItem"));
        let used = |path: &str, text: &str| lines_that_use("shop/migrations/0003_x.py", path, text, &change);
        let text = "from shop.models import (\n    LineItem,\n)\n\nitems = LineItem.objects.all()\nLineItemForm()\n";
        assert_eq!(used("web/views.py", text), BTreeSet::from([2, 5]));
        assert_eq!(used("shop/models.py", "class LineItem(models.Model):\n    pass\n"), BTreeSet::from([1]));
        assert_eq!(used("a/models.py", "item = models.ForeignKey(\"shop.LineItem\")\n"), BTreeSet::from([1]));
        assert!(used("bills/models.py", "class LineItem(models.Model):\n    pass\n").is_empty());
        assert!(used("shop/x.py", "# LineItem.objects\nprint(\"no LineItem here\")\n").is_empty());
    }

    #[test]
    fn classes_of_rails_and_schemas_of_ecto() {
        let change = dropped("order_items", None);
        let used = |path: &str, text: &str| lines_that_use("db/migrate/1_x.rb", path, text, &change);
        assert_eq!(used("app/models/order_item.rb", "class OrderItem < ApplicationRecord\nend\n"), BTreeSet::from([1]));
        assert_eq!(used("app/x.rb", "OrderItem.where(a: 1)\nOrderItems.new\n"), BTreeSet::from([1]));
        assert_eq!(
            used("lib/a.ex", "alias Shop.OrderItem\nRepo.all(OrderItem)\nx = OrderItem\n"),
            BTreeSet::from([1, 2])
        );
        assert!(used("web/a.ts", "const x: OrderItem = y;\n").is_empty());
    }

    #[test]
    fn a_variable_of_the_name_is_no_table() {
        let change = dropped("orders", None);
        let used = |path: &str, text: &str| lines_that_use("migrations/1_x.sql", path, text, &change);
        let text =
            "const orders = load();\ndb.selectFrom('orders');\nsql`SELECT * FROM orders o`;\nt('your orders');\n";
        assert_eq!(used("web/a.ts", text), BTreeSet::from([2, 3]));
        assert_eq!(used("a.rs", "orders::table.load(c)\nfor o in orders {}\n"), BTreeSet::from([1]));
        assert_eq!(used("a.rb", "has_many :orders\nresources :orders\n@orders = 1\n"), BTreeSet::from([1]));
        assert!(used("a.py", "from orders import views\norders = []\n").is_empty());
    }
}

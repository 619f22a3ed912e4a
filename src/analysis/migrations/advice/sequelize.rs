//! Advice in Sequelize's words, where it has some.

use super::super::hazard::Hazard;
use super::Context;

pub(super) fn advice(context: &Context) -> Option<String> {
    let Context { table, index, .. } = context;
    Some(match context.hazard {
        Hazard::IndexNotConcurrent => format!(
            "Build it without blocking writes, outside of `sequelize.transaction`. If it fails, drop the INVALID index that it leaves and run it again.\n\n    await queryInterface.addIndex(\"{table}\", [..], {{ name: \"{index}\", concurrently: true }});"
        ),
        Hazard::DropIndexNotConcurrent => format!(
            "Drop it without blocking, outside of `sequelize.transaction`.\n\n    await queryInterface.removeIndex(\"{table}\", \"{index}\", {{ concurrently: true }});"
        ),
        Hazard::JsonColumn => "Use `Sequelize.JSONB`.".to_owned(),
        _ => return None,
    })
}

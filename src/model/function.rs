//! Lambda functions, in every language.

use super::draft::Draft;
use super::drafts::Drafts;
use super::read::Reader;
use super::schema::Subject;

pub(super) fn function(reader: &Reader<'_>, drafts: &mut Drafts) {
    let mut function: Draft = reader.draft(Subject::Function);
    reader.name(&mut function, "name");
    let role = if reader.is_terraform() { reader.raw("role") } else { reader.raw("Role") };
    function.refer("role", role);
    drafts.add(function);
}

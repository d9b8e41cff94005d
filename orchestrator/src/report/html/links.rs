//! Links that carry what they save.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};

use crate::report::document::File;

/// A link that saves a file without asking anybody for it.
pub(super) fn save(file: &File) -> Markup {
    html! { a download=(file.name) href={ "data:" (file.kind) ";base64," (STANDARD.encode(&file.text)) } { (file.name) } }
}

//! What can be chosen in the page: its colours, the scale of pictures, the pools that are picked out.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::report::document::Part;
use crate::report::pictures::Picture;

/// Light or dark, which needs no script.
pub(super) fn of_colours() -> Markup {
    html! {
        fieldset class="choice" {
            legend { "Colours" }
            @for (id, word) in [("auto", "auto"), ("light", "light"), ("dark", "dark")] {
                input type="radio" name="colours" id=(id) checked[id == "auto"];
                label for=(id) { (word) }
            }
        }
    }
}

/// Scale and pools, shown by the script that obeys them.
pub(super) fn of_pictures(parts: &[Part]) -> Markup {
    let pictures = || parts.iter().flat_map(Part::pictures).map(|one| &one.picture);
    let pools: BTreeSet<&str> = pictures().flat_map(pools).collect();
    html! {
        div class="controls" hidden {
            @if pictures().any(|one| one.has_variants) {
                fieldset class="choice" {
                    legend { "Scale" }
                    @for (id, word) in [("default", "as it suits"), ("log", "logarithmic"), ("linear", "linear")] {
                        input type="radio" name="scale" id={ "scale-" (id) } value=(id) checked[id == "default"];
                        label for={ "scale-" (id) } { (word) }
                    }
                }
            }
            div class="pick" role="group" aria-label="Pick pools out in all pictures" {
                span { "Pick out" }
                @for pool in pools { button type="button" data-pool=(pool) aria-pressed="false" { (pool) } }
                button type="button" class="none" { "none" }
            }
        }
    }
}

/// The pools that a picture marks. What stands in an attribute is escaped there, and pools' names have nothing to escape.
fn pools(picture: &Picture) -> impl Iterator<Item = &str> {
    let values = picture.svg.split(" data-pool=\"").skip(1);
    values.filter_map(|rest| rest.split_once('"').map(|(name, _)| name)).filter(|name| !name.contains('&'))
}

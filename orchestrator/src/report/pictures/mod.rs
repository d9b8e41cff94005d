//! Pictures as SVG, which need neither a script nor a network: what each shows is gathered in `content`, drawn by a form of `draw`,
//! and put together in `picture`.

mod content;
mod draw;
mod labels;
mod palette;
mod picture;
mod scale;
mod style;
mod svg;
mod ticks;
mod units;

pub use content::{all, of_race};
pub use picture::{Absent, Picture, stand_alone};
pub use style::{DARK, LIGHT, STYLE};

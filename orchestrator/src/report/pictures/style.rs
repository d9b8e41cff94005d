//! Colours and rules of pictures.

/// The rules of all pictures, for the page and for files of their own. Colours are variables: see [`LIGHT`] and [`DARK`].
pub const STYLE: &str = include_str!("picture.css");

/// The colours on white: seven that colour-blind people tell apart too (those of Okabe and Ito, the pale ones darker, and black for their yellow).
pub const LIGHT: &str = "--paper:#fff;--ink:#1a1a1a;--muted:#595959;--grid:#e4e4e4;--grey:#c4c4c4;--s0:#0072b2;--s1:#d55e00;--s2:#009e73;\
                         --s3:#b0528a;--s4:#b87a00;--s5:#3a9bd9;--s6:#111";

/// The same on dark, lighter.
pub const DARK: &str = "--paper:#16181c;--ink:#ececec;--muted:#a9adb3;--grid:#2f3339;--grey:#555b63;--s0:#4aa8e0;--s1:#ff8a3d;--s2:#2fc79a;\
                        --s3:#e08fc0;--s4:#e8b13a;--s5:#9ad4f7;--s6:#f2f2f2";

//! `summary`, `compare`, `rank`, `gate`, `fit`, `decide`, `export` and pictures through the binary, on rows whose truth is known.

mod advising;
mod bad_rows;
mod comparing;
mod deciding;
mod ending;
mod equals;
mod exported;
mod fitting;
mod gates;
mod given_up;
mod guests;
mod json;
mod made;
mod mirrors;
mod mutated;
mod overview;
mod pictures;
mod predicting;
mod ratings_of_2016;
mod ratios_of_2016;
mod recorded;
mod schemas;
mod setups;
mod svg;
mod throttled;
mod unfit;

//! What every pool binary shares.

//! From rows to decisions: what a pool's time and memory are made of, where two pools cross, and what follows from it.

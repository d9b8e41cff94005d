//! A run with `--until` that was cut short reports at the level of the look that it has reached.

use std::fs;

use super::made::{Scratch, csv, pool, rows};

#[test]
fn the_level_is_that_of_the_last_look_that_was_reached() {
    let scratch = Scratch::new();
    for (blocks, alpha) in [(8, 0.01), (12, 0.01), (25, 0.015), (40, 0.025)] {
        scratch.run_of(&blocks.to_string(), "here", csv(&rows(&[pool("serial", 10.0), pool("slow", 12.0)], blocks)));
        let plan = scratch.path(&blocks.to_string()).join("plan.toml");
        let text = fs::read_to_string(&plan).unwrap();
        let text = text.replace("until = \"\"", "until = \"2%\"").replace("blocks = 1\n", "blocks = 40\n");
        assert!(text.contains("2%") && text.contains("blocks = 40"), "{text}");
        fs::write(plan, text).unwrap();
        let json = scratch.expect(0, &["summary", &blocks.to_string(), "--json"]).out;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["claims"][0]["alpha"], alpha, "{blocks} blocks");
    }
}

//! The valid names nearest to one that does not exist, for messages that say what to write instead.

/// At most three of `names` that look like `word`, the nearest first; empty if none does.
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    // 0.7 of Jaro-Winkler lets through one slip or a cut end, and keeps unrelated names out.
    const ALIKE: f64 = 0.7;
    let mut alike: Vec<(f64, &str)> = names
        .into_iter()
        .map(|name| (strsim::jaro_winkler(word, name), name))
        .filter(|(likeness, _)| *likeness > ALIKE)
        .collect();
    alike.sort_by(|a, b| b.0.total_cmp(&a.0));
    alike.into_iter().take(3).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_comes_first_and_strangers_stay_out() {
        assert_eq!(nearest("compue", ["noop", "compute", "sleep"]), ["compute"]);
        assert!(nearest("zzz", ["noop", "compute"]).is_empty());
    }
}

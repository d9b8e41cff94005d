//! What is left out of a plan, for people: where many pools have one reason they stand in one line.

/// So many with one reason have a line each.
const EACH: usize = 3;

/// The lines, each reason where it came first; what is left out is `NAME: REASON`.
pub fn lines(left_out: &[String]) -> Vec<String> {
    let reason = |text: &str| text.split_once(": ").map_or(String::new(), |(_, reason)| reason.to_owned());
    let with = |wanted: &str| left_out.iter().filter(|text| reason(text) == wanted).collect::<Vec<_>>();
    let mut lines: Vec<String> = Vec::new();
    for text in left_out {
        let (own, same) = (reason(text), with(&reason(text)));
        if own.is_empty() || same.len() <= EACH {
            lines.push(format!("left out: {text}"));
        } else if same[0] == text {
            let names: Vec<&str> =
                same.iter().take(EACH).filter_map(|text| text.split_once(": ")).map(|(name, _)| name).collect();
            lines.push(format!("left out: {} and {} more: {own}", names.join(", "), same.len() - EACH));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn many_with_one_reason_are_one_line_and_others_have_their_own() {
        let all = ["a: does not run py", "b: is not built", "c: does not run py", "d: does not run py", "whatever"];
        let mut all: Vec<String> = all.map(str::to_owned).to_vec();
        assert_eq!(lines(&all).len(), 5);
        all.extend((0..40).map(|number| format!("e{number}: does not run py")));
        let said =
            ["left out: a, c, d and 40 more: does not run py", "left out: b: is not built", "left out: whatever"];
        assert_eq!(lines(&all), said);
        assert!(lines(&[]).is_empty());
    }
}

//! Why a program failed, out of its last words: the one line of a trace that says it.

/// What interpreters begin that line with, or have in it.
const MARKS: [&str; 5] = ["Error: ", "error: ", "Exception", "panic: ", "panicked at"];

/// The last line that says why, else the last one that says anything; empty where nothing was said. Python ends with that
/// line, Java and Node go on with where they were.
pub fn reason(last_words: &str) -> &str {
    let mut lines = last_words.lines().map(str::trim).filter(|line| !line.is_empty()).rev();
    let says_why = |line: &&str| MARKS.iter().any(|mark| line.contains(mark));
    lines.clone().find(says_why).or_else(|| lines.next()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn each_language_says_why_in_another_place() {
        let python = "Traceback (most recent call last):\n  File \"x.py\", line 1\nModuleNotFoundError: No module named 'gevent'\n";
        let node = "node:internal\n  throw err;\n\nError: Cannot find module 'x.js'\n    at Module._load {\n}\n\nNode.js v18.1.0\n";
        let java = "Error: Could not find or load main class Pool\nCaused by: java.lang.ClassNotFoundException: Pool\n";
        let go = "panic: runtime failure\n\ngoroutine 1 [running]:\nmain.main()\n\t/x.go:3 +0x1d\nexit status 2\n";
        assert_eq!(reason(python), "ModuleNotFoundError: No module named 'gevent'");
        assert_eq!(reason(node), "Error: Cannot find module 'x.js'");
        assert_eq!(reason(java), "Caused by: java.lang.ClassNotFoundException: Pool");
        assert_eq!(reason(go), "panic: runtime failure");
        assert_eq!(reason("first\nsh: 1: x: not found\n\n"), "sh: 1: x: not found");
        assert_eq!(reason(" \n"), "");
    }
}

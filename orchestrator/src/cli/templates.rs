//! What `new-guest` writes: the modules of `guests/LANGUAGE` as they stand there, their plain loop, and a pool to begin with.

/// A language in which `new-guest` writes a pool.
#[derive(Debug)]
pub(super) struct Language {
    /// The word for it on the command line.
    pub(super) word: &'static str,
    /// Its name, for people.
    pub(super) name: &'static str,
    /// The programs that build and run it, and how they are installed.
    pub(super) tools: (&'static [&'static str], &'static str),
    /// The file that holds the pool.
    pub(super) pool: &'static str,
    /// The plain loop that the pool is held against.
    pub(super) base: &'static str,
    /// Whether it has to be built.
    pub(super) is_built: bool,
    /// What runs the pool; `DIR` stands for the folder.
    pub(super) command: &'static [&'static str],
    /// Where each file goes and what is in it; in those of `guests/new`, `NAME` stands for the pool's name.
    pub(super) files: &'static [(&'static str, &'static str)],
}

macro_rules! files {
    ($($path:literal $source:literal)+) => {
        &[$(($path, include_str!(concat!("../../../guests/", $source)))),+]
    };
}

/// All of them.
pub(super) const LANGUAGES: &[Language] = &[Language {
    word: "java",
    name: "Java",
    tools: (&["java", "javac", "jar", "make"], "apt-get install default-jdk-headless make"),
    pool: "Pool.java",
    base: "java-serial",
    is_built: true,
    command: &["java", "-Xms8m", "-Xmx256m", "-XX:+UseSerialGC", "-Xlog:disable", "-cp", "DIR/pools.jar", "Pool"],
    files: files! {
        "Pool.java" "new/java/Pool.java"
        "pools.toml" "new/java/pools.toml"
        "Makefile" "java/Makefile"
        "JavaSerial.java" "java/JavaSerial.java"
        "poolbench/Arguments.java" "java/poolbench/Arguments.java"
        "poolbench/Fault.java" "java/poolbench/Fault.java"
        "poolbench/Guest.java" "java/poolbench/Guest.java"
        "poolbench/Jobs.java" "java/poolbench/Jobs.java"
        "poolbench/Results.java" "java/poolbench/Results.java"
        "poolbench/Web.java" "java/poolbench/Web.java"
        "poolbench/Work.java" "java/poolbench/Work.java"
    },
}];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// A module that has got a file more would not compile where it is copied to.
    #[test]
    fn every_file_of_the_modules_is_written() {
        let guests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guests");
        for Language { word, files, command, pool, .. } in LANGUAGES {
            let modules = ["poolbench", "poolbench_guest"].map(|module| guests.join(word).join(module));
            let entries = modules.iter().filter_map(|module| fs::read_dir(module).ok()).flatten();
            let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
            let sources: Vec<_> = paths.collect();
            assert!(!sources.is_empty(), "{word} has a module");
            for source in sources {
                let path = source.strip_prefix(guests.join(word)).unwrap().to_str().unwrap();
                assert!(files.iter().any(|(written, _)| *written == path), "{word}: {path} is not written");
            }
            assert!(files.iter().any(|(written, _)| written == pool));
            let list = files.iter().find(|(written, _)| *written == "pools.toml").unwrap().1;
            let listed = command.iter().map(|part| part.trim_start_matches("DIR/"));
            assert!(listed.into_iter().all(|part| list.contains(&format!("\"{part}\""))), "{word}: {list}");
        }
    }
}

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
    /// What is written.
    pub(super) files: &'static [File],
}

/// A file that is written.
#[derive(Debug)]
pub(super) struct File {
    /// Where it goes, from the pool's folder.
    pub(super) path: &'static str,
    /// Where it stands, from `guests`.
    source: &'static str,
    text: &'static str,
}

impl File {
    /// What is in it for a pool of that name, for which `NAME` stands in the files of `guests/new`; the others are copied.
    pub(super) fn text(&self, name: &str) -> String {
        if self.source.starts_with("new/") { self.text.replace("NAME", name) } else { self.text.to_owned() }
    }
}

macro_rules! files {
    ($($path:literal $source:literal)+) => {
        &[$(File { path: $path, source: $source, text: include_str!(concat!("../../../guests/", $source)) }),+]
    };
}

/// All of them.
pub(super) const LANGUAGES: &[Language] = &[
    Language {
        word: "python",
        name: "Python",
        tools: (&["python3"], "apt-get install python3"),
        pool: "pool.py",
        base: "py-serial",
        is_built: false,
        command: &["python3", "DIR/pool.py"],
        files: files! {
            "README.md" "new/python/README.md"
            "pool.py" "new/python/pool.py"
            "pools.toml" "new/python/pools.toml"
            "py_serial.py" "python/py_serial.py"
            "poolbench_guest/__init__.py" "python/poolbench_guest/__init__.py"
            "poolbench_guest/arguments.py" "python/poolbench_guest/arguments.py"
            "poolbench_guest/checksum.py" "python/poolbench_guest/checksum.py"
            "poolbench_guest/gate.py" "python/poolbench_guest/gate.py"
            "poolbench_guest/jobs.py" "python/poolbench_guest/jobs.py"
            "poolbench_guest/native.py" "python/poolbench_guest/native.py"
            "poolbench_guest/own.py" "python/poolbench_guest/own.py"
            "poolbench_guest/own_job.py" "python/poolbench_guest/own_job.py"
            "poolbench_guest/web.py" "python/poolbench_guest/web.py"
        },
    },
    Language {
        word: "go",
        name: "Go",
        tools: (&["go", "make"], "apt-get install golang-go make"),
        pool: "pool/main.go",
        base: "go-serial",
        is_built: true,
        command: &["DIR/bin/pool"],
        files: files! {
            "README.md" "new/go/README.md"
            "pool/main.go" "new/go/pool/main.go"
            "pools.toml" "new/go/pools.toml"
            "Makefile" "new/go/Makefile"
            "go.mod" "go/go.mod"
            "go-serial/main.go" "go/go-serial/main.go"
            "poolbench/arguments.go" "go/poolbench/arguments.go"
            "poolbench/batch.go" "go/poolbench/batch.go"
            "poolbench/jobs.go" "go/poolbench/jobs.go"
            "poolbench/pool.go" "go/poolbench/pool.go"
            "poolbench/trial.go" "go/poolbench/trial.go"
            "poolbench/web.go" "go/poolbench/web.go"
            "poolbench/workload.go" "go/poolbench/workload.go"
        },
    },
    Language {
        word: "c",
        name: "C",
        tools: (&["cc", "make"], "apt-get install gcc make"),
        pool: "pool.c",
        base: "c-serial",
        is_built: true,
        command: &["DIR/bin/pool"],
        files: files! {
            "README.md" "new/c/README.md"
            "pool.c" "new/c/pool.c"
            "pools.toml" "new/c/pools.toml"
            "Makefile" "new/c/Makefile"
            "c-serial.c" "c/c-serial.c"
            "poolbench/arguments.c" "c/poolbench/arguments.c"
            "poolbench/internal.h" "c/poolbench/internal.h"
            "poolbench/poolbench.h" "c/poolbench/poolbench.h"
            "poolbench/results.c" "c/poolbench/results.c"
            "poolbench/trial.c" "c/poolbench/trial.c"
            "poolbench/web.c" "c/poolbench/web.c"
            "poolbench/work.c" "c/poolbench/work.c"
            "poolbench/workload.c" "c/poolbench/workload.c"
        },
    },
    Language {
        word: "java",
        name: "Java",
        tools: (&["java", "javac", "jar", "make"], "apt-get install default-jdk-headless make"),
        pool: "Pool.java",
        base: "java-serial",
        is_built: true,
        command: &["java", "-Xms8m", "-Xmx256m", "-XX:+UseSerialGC", "-Xlog:disable", "-cp", "DIR/pools.jar", "Pool"],
        files: files! {
            "README.md" "new/java/README.md"
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
    },
];

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
                assert!(files.iter().any(|file| file.path == path), "{word}: {path} is not written");
            }
            assert!(files.iter().any(|file| file.path == *pool));
            let list = files.iter().find(|file| file.path == "pools.toml").unwrap().text;
            let listed = command.iter().map(|part| part.trim_start_matches("DIR/"));
            assert!(listed.into_iter().all(|part| list.contains(&format!("\"{part}\""))), "{word}: {list}");
        }
    }
}

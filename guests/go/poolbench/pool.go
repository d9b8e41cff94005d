// Package poolbench is what a pool in Go needs: copy this folder, write start, batch, stop and a description. The protocol
// stands in docs/PROTOCOL.md.
package poolbench

import (
	"os"
	"runtime"
	"strings"
)

// A Pool is its description, in the words of `--describe`, and its three steps.
type Pool struct {
	Name    string   // begins with the language
	Title   string   // one line for people
	Kind    string   // serial, coroutines, ...
	Mirrors string   // the qualified name of what is measured, may be empty
	Chunk   []string // "n" any number and auto, "own" the library splits, "1"; the default first
	Window  []string // "all" no bound, "n" any number; the default first
	Ordered bool     // whether results come back in the order of the jobs

	Start func(*Batch) // brings all workers up, returns when they are
	Run   func(*Batch) // runs every job once, returns when all are done
	Stop  func(*Batch) // returns when every worker has ended
}

// Main is the whole of a pool's main: it reads the arguments, waits at the gates and times the three steps.
func Main(pool Pool) {
	if len(os.Args) == 2 && os.Args[1] == "--describe" {
		os.Stdout.WriteString(describe(pool) + "\n")
		return
	}
	asked := parse(pool, os.Args[1:])
	limitThreads(asked.workers)
	trial{pool, newBatch(asked), asked}.run()
}

// limitThreads lets Go run no more threads at once than jobs may run at once, as GOMAXPROCS does where it is set. Without
// it there are as many as cores, which for one worker is more than one worker.
func limitThreads(workers uint64) {
	if os.Getenv("GOMAXPROCS") == "" && workers < uint64(runtime.NumCPU()) {
		runtime.GOMAXPROCS(int(workers))
	}
}

func describe(pool Pool) string {
	list := func(words []string) string { return `["` + strings.Join(words, `","`) + `"]` }
	ordered := "false"
	if pool.Ordered {
		ordered = "true"
	}
	return `{"protocol":1,"name":"` + pool.Name + `","title":"` + pool.Title + `","kind":"` + pool.Kind +
		`","library":"go","version":"` + version() + `","mirrors":"` + pool.Mirrors +
		`","allocator":"system","ordered":` + ordered + `,"stop":"joined","workloads":` + list(workloads) +
		`,"chunk":` + list(pool.Chunk) + `,"window":` + list(pool.Window) + `}`
}

// version is Go's as a word of the protocol: "devel go1.20-ab+c" has what words have not.
func version() string {
	word := func(c rune) rune {
		if strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789._:", c) {
			return c
		}
		return '-'
	}
	return strings.Map(word, strings.ToLower(strings.TrimPrefix(runtime.Version(), "go")))
}

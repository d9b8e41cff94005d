// go-per-job: a goroutine a dispatch, no more of them at work than workers, no more of them open than the window.
package main

import (
	"sync"

	"poolbench.local/guests/poolbench"
)

var turns, places chan struct{}

func start(b *poolbench.Batch) {
	turns, places = make(chan struct{}, b.Workers()), make(chan struct{}, b.OpenChunks())
}

func run(b *poolbench.Batch) {
	var open sync.WaitGroup
	for chunk := uint64(0); chunk < b.Chunks(); chunk++ {
		places <- struct{}{}
		open.Add(1)
		go func(chunk uint64) {
			defer open.Done()
			turns <- struct{}{}
			b.RunChunk(chunk)
			<-turns
			<-places
		}(chunk)
	}
	open.Wait()
}

// Nothing to stop: no goroutine is left when a batch is done.
func stop(*poolbench.Batch) {}

func main() {
	poolbench.Main(poolbench.Pool{
		Name: "go-per-job", Title: "a goroutine a dispatch", Kind: "coroutines", Mirrors: "go.statement",
		Chunk: []string{"1", "n"}, Window: []string{"all", "n"},
		Start: start, Run: run, Stop: stop,
	})
}

// NAME: goroutines that take dispatches off one channel. Make it yours: the three functions, and what main says of it.
package main

import (
	"sync"

	"poolbench.local/guests/poolbench"
)

var (
	dispatches chan uint64
	back       sync.WaitGroup
	workers    sync.WaitGroup
)

// start returns when every worker is there; it runs no job.
func start(b *poolbench.Batch) {
	dispatches = make(chan uint64, b.OpenChunks())
	var up sync.WaitGroup
	up.Add(b.Workers())
	workers.Add(b.Workers())
	for n := 0; n < b.Workers(); n++ {
		go func() {
			defer workers.Done()
			up.Done()
			for chunk := range dispatches {
				b.RunChunk(chunk)
				back.Done()
			}
		}()
	}
	up.Wait()
}

// run returns when every job has run once.
func run(b *poolbench.Batch) {
	back.Add(int(b.Chunks()))
	for chunk := uint64(0); chunk < b.Chunks(); chunk++ {
		dispatches <- chunk
	}
	back.Wait()
}

// stop returns when every worker has ended.
func stop(*poolbench.Batch) {
	close(dispatches)
	workers.Wait()
}

func main() {
	poolbench.Main(poolbench.Pool{
		Name: "NAME", Title: "goroutines behind one channel", Kind: "coroutines", Mirrors: "",
		// Chunk: jobs per dispatch, "n" is any number; Window: all dispatches are submitted at once.
		Chunk: []string{"n"}, Window: []string{"all"},
		Start: start, Run: run, Stop: stop,
	})
}

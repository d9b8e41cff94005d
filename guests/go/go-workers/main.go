// go-workers: goroutines that take dispatches off one channel and acknowledge them on another.
package main

import (
	"sync"

	"poolbench.local/guests/poolbench"
)

var (
	chunks chan uint64
	backs  chan struct{}
	ended  sync.WaitGroup
)

func start(b *poolbench.Batch) {
	// No more than the window are open, so neither channel ever has to be waited for.
	chunks, backs = make(chan uint64, b.OpenChunks()), make(chan struct{}, b.OpenChunks())
	var up sync.WaitGroup
	up.Add(b.Workers())
	ended.Add(b.Workers())
	for n := 0; n < b.Workers(); n++ {
		go func() {
			defer ended.Done()
			up.Done()
			for chunk := range chunks {
				b.RunChunk(chunk)
				backs <- struct{}{}
			}
		}()
	}
	up.Wait()
}

func run(b *poolbench.Batch) {
	open := 0
	for chunk := uint64(0); chunk < b.Chunks(); chunk++ {
		if open == cap(chunks) {
			<-backs
			open--
		}
		chunks <- chunk
		open++
	}
	for ; open > 0; open-- {
		<-backs
	}
}

func stop(*poolbench.Batch) {
	close(chunks)
	ended.Wait()
}

func main() {
	poolbench.Main(poolbench.Pool{
		Name: "go-workers", Title: "worker goroutines on a channel", Kind: "coroutines", Mirrors: "go.chan",
		Chunk: []string{"n"}, Window: []string{"all", "n"},
		Start: start, Run: run, Stop: stop,
	})
}

// The twin of go-workers: the same two channels, a job a dispatch. Arguments: JOBS WORKERS BATCHES. No module in here: it is
// what one would write by hand for the empty job, without gates and without a checksum.
package main

import (
	"os"
	"runtime"
	"strconv"
	"sync"
)

func main() {
	jobs, _ := strconv.Atoi(os.Args[1])
	workers, _ := strconv.Atoi(os.Args[2])
	batches, _ := strconv.Atoi(os.Args[3])
	if workers < runtime.NumCPU() {
		runtime.GOMAXPROCS(workers)
	}
	results := make([]uint64, jobs)
	for i := range results {
		results[i] = ^uint64(0)
	}
	work, backs := make(chan uint64, jobs), make(chan struct{}, jobs)
	var ended sync.WaitGroup
	ended.Add(workers)
	for n := 0; n < workers; n++ {
		go func() {
			defer ended.Done()
			for i := range work {
				results[i] = i
				backs <- struct{}{}
			}
		}()
	}
	for batch := 0; batch < batches; batch++ {
		for i := range results {
			work <- uint64(i)
		}
		for range results {
			<-backs
		}
	}
	close(work)
	ended.Wait()
}

// The twin of go-serial: a loop into a slice. Arguments: JOBS WORKERS BATCHES. No module in here: it is what one would
// write by hand for the empty job, without gates and without a checksum.
package main

import (
	"os"
	"strconv"
)

func main() {
	jobs, _ := strconv.Atoi(os.Args[1])
	batches, _ := strconv.Atoi(os.Args[3])
	results := make([]uint64, jobs)
	for i := range results {
		results[i] = ^uint64(0)
	}
	for batch := 0; batch < batches; batch++ {
		for i := range results {
			results[i] = uint64(i)
		}
	}
}

// go-serial: the plain loop, no pool; what the others in Go and their overhead are held against.
package main

import "poolbench.local/guests/poolbench"

func main() {
	poolbench.Main(poolbench.Pool{
		Name: "go-serial", Title: "the plain loop in Go, no pool", Kind: "serial",
		Chunk: []string{"own"}, Window: []string{"all"}, Ordered: true,
		Start: func(*poolbench.Batch) {},
		Run:   func(b *poolbench.Batch) { b.RunRange(0, b.Jobs()) },
		Stop:  func(*poolbench.Batch) {},
	})
}

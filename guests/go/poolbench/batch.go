package poolbench

// The batch: how it is cut, how jobs of it are run, and where results arrive.

import "sync/atomic"

// fault is why a job failed; faults has the words.
type fault uint64

const (
	failed fault = iota
	panicked
	refused
	reset
	earlyEnd
	timedOut
	noPort
	noDescriptor
	wrongStatus
	wrongBody
	otherIO
	well
)

var faults = [well]string{"fail", "panic", "refused", "reset", "eof", "timeout", "addr", "fd", "status", "body", "io"}

// A slot holds a result, nothing yet, or firstFault and the number of a fault.
const (
	empty      = ^uint64(0)
	firstFault = empty - 255
)

// A Batch is what a pool runs, several times on the same workers.
type Batch struct {
	asked   asked
	size    uint64 // jobs of a dispatch
	chunks  uint64
	empties bool // whether jobs are empty
	job     job
	slots   []uint64
	doubled atomic.Uint64
	retries atomic.Uint64
	unsent  atomic.Uint64
}

func newBatch(asked asked) *Batch {
	size := asked.chunk
	if size == 0 {
		size = 1
	}
	b := &Batch{asked: asked, size: size, chunks: (asked.jobs + size - 1) / size, empties: asked.work.name == "noop"}
	b.slots, b.job = make([]uint64, asked.jobs), newJob(asked)
	if asked.work.name == "http" {
		b.job = b.get
	}
	// Touched before ready, so that no batch pays for it.
	for i := range b.slots {
		b.slots[i] = empty
	}
	return b
}

// Jobs is their number in a batch.
func (b *Batch) Jobs() uint64 { return b.asked.jobs }

// Workers is the most jobs that may run at once.
func (b *Batch) Workers() int { return int(b.asked.workers) }

// Chunks is the number of dispatches, which count from 0.
func (b *Batch) Chunks() uint64 { return b.chunks }

// OpenChunks is the most dispatches submitted and not yet back, at least 1; never more than there are.
func (b *Batch) OpenChunks() int {
	open := b.chunks
	if bound := b.asked.window / b.size; b.asked.window > 0 && bound < open {
		open = bound
	}
	if open == 0 {
		open = 1
	}
	return int(open)
}

// RunChunk runs the jobs of a dispatch on this goroutine and delivers their results.
func (b *Batch) RunChunk(chunk uint64) { b.RunRange(chunk*b.size, chunk*b.size+b.size) }

// RunRange runs the jobs from first to below last, or to the end of the batch, on this goroutine and delivers their results.
func (b *Batch) RunRange(first, last uint64) {
	if last > b.asked.jobs {
		last = b.asked.jobs
	}
	slots := b.slots[first:last]
	if b.empties {
		// A loop of its own, so that an empty job costs what an empty loop costs.
		for k := range slots {
			if slots[k] != empty {
				b.doubled.Add(1)
			}
			slots[k] = first + uint64(k)
		}
		return
	}
	for k := range slots {
		result, why := b.job(first + uint64(k))
		if why != well {
			result = firstFault + uint64(why)
		}
		// A second result for the same job shows in the number of jobs.
		if slots[k] != empty {
			b.doubled.Add(1)
		}
		slots[k] = result
	}
}

// tally is what a batch came to.
type tally struct {
	jobs, checksum, retries, unsent uint64
	errors                          [well]uint64
}

// take empties all slots and counts for the next batch.
func (b *Batch) take() (t tally) {
	missing := uint64(0)
	for i, word := range b.slots {
		b.slots[i] = empty
		switch {
		case word < firstFault:
			t.checksum += mix(mix(uint64(i)) ^ word)
		case word == empty:
			missing++
		default:
			t.errors[word-firstFault]++
		}
	}
	t.jobs = b.asked.jobs - missing + b.doubled.Swap(0)
	t.retries, t.unsent = b.retries.Swap(0), b.unsent.Swap(0)
	return t
}

// mix is a step of splitmix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb
	return x ^ (x >> 31)
}

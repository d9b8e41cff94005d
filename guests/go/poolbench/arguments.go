package poolbench

// The command line of a pool: whatever it cannot take is refused with exit code 2 before any event.

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
)

const (
	mostJobs    = 1_000_000_000
	mostWorkers = 100_000
	mostBatches = 1_000
	// Where a pool lists the window "n" first.
	defaultWindow = 1024
	auto          = ^uint64(0)
)

// asked is the command line, parsed.
type asked struct {
	work                   work
	jobs, workers, batches uint64
	chunk                  uint64 // 0 for own
	window                 uint64 // 0 for all
	spinRate               uint64 // iterations a second, 0 where none was said
	gate                   bool
}

func refuse(argument, value, accepted string) {
	fmt.Fprintf(os.Stderr, "error: invalid value '%s' for '%s': %s\n", value, argument, accepted)
	os.Exit(2)
}

// wholeNumber takes digits and nothing else, from least to most.
func wholeNumber(text string, least, most uint64) (uint64, bool) {
	n, err := strconv.ParseUint(text, 10, 64)
	return n, err == nil && text[0] != '+' && least <= n && n <= most
}

func number(argument, value string, least, most uint64) uint64 {
	n, ok := wholeNumber(value, least, most)
	if !ok {
		refuse(argument, value, fmt.Sprintf("whole numbers from %d to %d are accepted", least, most))
	}
	return n
}

// policy is a policy's number; 0 for the word unbounded. Without a value it is the first that the pool lists.
func policy(argument, value string, list []string, unbounded, defaultOfN string) uint64 {
	if value == "" {
		value = list[0]
		if value == "n" {
			value = defaultOfN
		}
	}
	n, isNumber := wholeNumber(value, 1, mostJobs)
	if value == "auto" && defaultOfN == "auto" {
		n, isNumber = auto, true
	}
	for _, word := range list {
		if isNumber && (word == "n" || word == value) {
			return n
		}
		if word == value && value == unbounded {
			return 0
		}
	}
	refuse(argument, value, "this pool takes: "+strings.Join(list, " ")+"; n is any number from 1 to 1000000000")
	return 0
}

func (asked *asked) settle(pool Pool, chunk, window string) {
	if pool.Kind == "serial" {
		asked.workers = 1
	}
	asked.chunk = policy("--chunk", chunk, pool.Chunk, "own", "auto")
	if asked.chunk == auto {
		asked.chunk = (asked.jobs + 4*asked.workers - 1) / (4 * asked.workers)
		if asked.chunk == 0 {
			asked.chunk = 1
		}
	}
	asked.window = policy("--window", window, pool.Window, "all", strconv.Itoa(defaultWindow))
	if asked.window > 0 && asked.window < asked.chunk {
		asked.window = asked.chunk
	}
}

func parse(pool Pool, words []string) asked {
	asked := asked{work: parseWorkload("compute"), jobs: 100_000, workers: uint64(runtime.NumCPU()), batches: 1}
	chunk, window := "", ""
	for len(words) > 0 {
		name, value := words[0], ""
		words = words[1:]
		if name == "--gate" {
			asked.gate = true
			continue
		}
		if len(words) > 0 {
			value, words = words[0], words[1:]
		}
		switch name {
		case "--workload":
			asked.work = parseWorkload(value)
		case "--jobs":
			asked.jobs = number(name, value, 0, mostJobs)
		case "--workers":
			asked.workers = number(name, value, 1, mostWorkers)
		case "--batches":
			asked.batches = number(name, value, 1, mostBatches)
		case "--spin-rate":
			asked.spinRate = number(name, value, 1, ^uint64(0))
		case "--chunk":
			chunk = needed(name, value)
		case "--window":
			window = needed(name, value)
		default:
			fmt.Fprintf(os.Stderr, "error: unexpected argument '%s'; there are --gate, --describe (alone), --workload, --jobs, "+
				"--workers, --chunk, --window, --batches, --spin-rate\n", name)
			os.Exit(2)
		}
	}
	asked.settle(pool, chunk, window)
	return asked
}

func needed(name, value string) string {
	if value == "" {
		refuse(name, value, "a value is needed")
	}
	return value
}

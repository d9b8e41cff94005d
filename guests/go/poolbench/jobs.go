package poolbench

// The jobs themselves.

import (
	"io"
	"math"
	"math/bits"
	"os"
	"time"
)

// A job runs on the goroutine that calls it and gives its result, or why it failed.
type job func(i uint64) (uint64, fault)

func newJob(asked asked) job {
	n := asked.work.number
	switch asked.work.name {
	case "compute":
		return func(i uint64) (uint64, fault) { return compute(i), well }
	case "factor":
		return func(i uint64) (uint64, fault) { return sumOfFactors(n + i), well }
	case "spin", "skew":
		return newSpin(asked)
	case "sleep":
		return func(i uint64) (uint64, fault) { time.Sleep(time.Duration(n)); return i, well }
	case "file":
		return newRead(n)
	case "http":
		return func(i uint64) (uint64, fault) { panic("it has a loop of its own") }
	case "fail":
		return func(i uint64) (uint64, fault) {
			if (i+1)%n == 0 {
				return 0, failed
			}
			return i, well
		}
	case "panic":
		return func(i uint64) (result uint64, why fault) {
			defer func() {
				if recover() != nil {
					why = panicked
				}
			}()
			if (i+1)%n == 0 {
				panic("as asked")
			}
			return i, well
		}
	}
	return func(i uint64) (uint64, fault) { return i, well }
}

// compute is z = i + 1j under three complex square roots, in polar form: the formula that PROTOCOL.md pins.
func compute(i uint64) uint64 {
	re, im := float64(i), 1.0
	for k := 0; k < 3; k++ {
		s, half := math.Sqrt(math.Hypot(re, im)), math.Atan2(im, re)/2
		re, im = s*math.Cos(half), s*math.Sin(half)
	}
	return uint64(math.Floor(1048576*re + 0.5))
}

func sumOfFactors(n uint64) uint64 {
	if n < 2 {
		return 0
	}
	sum := uint64(0)
	for ; n%2 == 0; n /= 2 {
		sum += 2
	}
	for p := uint64(3); p*p <= n; p += 2 {
		for ; n%p == 0; n /= p {
			sum += p
		}
	}
	if n > 1 {
		sum += n
	}
	return sum
}

//go:noinline
func turn(iterations uint64) uint64 {
	x := uint64(1)
	for ; iterations > 0; iterations-- {
		x = (x ^ (x >> 29)) * 0xbf58476d1ce4e5b9
	}
	return x
}

func newSpin(asked asked) job {
	rate := asked.spinRate
	if rate == 0 {
		rate = calibrate()
	}
	ns := asked.work.number
	even, long, short := iterations(ns, rate, 1), iterations(8*ns, rate, 1), iterations(8*ns, rate, 15)
	return func(i uint64) (uint64, fault) {
		switch {
		case asked.work.name == "spin":
			turn(even)
		case mix(i)%16 == 0:
			turn(long)
		default:
			turn(short)
		}
		return i, well
	}
}

// iterations that last ns / over at that rate a second.
func iterations(ns, rate, over uint64) uint64 {
	high, low := bits.Mul64(ns, rate)
	second := 1_000_000_000 * over
	if high >= second {
		return ^uint64(0)
	}
	quotient, _ := bits.Div64(high, low, second)
	return quotient
}

// calibrate gives iterations a second on this machine: the best of 20 bursts of about 0.5 ms, since whatever disturbs one
// only slows it.
func calibrate() uint64 {
	const burst = 250_000
	best := time.Hour
	for k := 0; k < 20; k++ {
		begun := time.Now()
		turn(burst)
		if taken := time.Since(begun); taken < best {
			best = taken
		}
	}
	return burst * 1_000_000_000 / uint64(best+1)
}

func newRead(size uint64) job {
	path, err := os.Executable()
	if err != nil {
		End("io", "finding the pool's own executable: "+err.Error())
	}
	return func(i uint64) (uint64, fault) {
		file, err := os.Open(path)
		if err != nil {
			return 0, faultOf(err)
		}
		defer file.Close()
		var buffer [4096]byte
		for left := size; left > 0; {
			room := left
			if room > uint64(len(buffer)) {
				room = uint64(len(buffer))
			}
			count, err := file.Read(buffer[:room])
			if err == io.EOF {
				return 0, earlyEnd
			} else if err != nil {
				return 0, faultOf(err)
			}
			left -= uint64(count)
		}
		return i + size, well
	}
}

package poolbench

// One trial from the arguments to the exit: the gates, and the only clock.

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

type trial struct {
	pool  Pool
	batch *Batch
	asked asked
}

func (t trial) run() {
	signal.Ignore(syscall.SIGPIPE)
	t.gate(false, `{"event":"ready","protocol":1,"pool":"%s","workers":%d,"chunk":%d,"window":%d}`,
		t.pool.Name, t.asked.workers, t.asked.chunk, t.asked.window)
	t.gate(true, `{"event":"started","start_ns":%d}`, t.timed(t.pool.Start))
	t.gate(true, `%s`, t.batches())
	t.gate(false, `{"event":"stopped","stop_ns":%d}`, t.timed(t.pool.Stop))
}

func (t trial) timed(step func(*Batch)) int64 {
	begun := time.Now()
	step(t.batch)
	return time.Since(begun).Nanoseconds()
}

// batches runs all of them and makes the done event.
func (t trial) batches() string {
	var times, classes []string
	var first, sum tally
	var check int64
	for batch := uint64(0); batch < t.asked.batches; batch++ {
		times = append(times, strconv.FormatInt(t.timed(t.pool.Run), 10))
		runtime.LockOSThread()
		begun := threadNs()
		found := t.batch.take()
		check += threadNs() - begun
		runtime.UnlockOSThread()
		failures := uint64(0)
		for class, count := range found.errors {
			sum.errors[class] += count
			failures += sum.errors[class]
		}
		sum.retries += found.retries
		sum.unsent += found.unsent
		if batch == 0 {
			first = found
		} else if failures == 0 && (found.jobs != first.jobs || found.checksum != first.checksum) {
			End("internal", fmt.Sprintf("batch %d gave %d jobs, checksum %016x; the first %d, %016x",
				batch+1, found.jobs, found.checksum, first.jobs, first.checksum))
		}
	}
	for class, count := range sum.errors {
		if count > 0 {
			classes = append(classes, fmt.Sprintf(`"%s":%d`, faults[class], count))
		}
	}
	return fmt.Sprintf(`{"event":"done","batch_ns":[%s],"jobs":%d,"checksum":"%016x","errors":{%s},"retries":%d,"unsent":%d,"check_ns":%d}`,
		strings.Join(times, ","), first.jobs, first.checksum, strings.Join(classes, ","), sum.retries, sum.unsent, check)
}

// threadNs is the CPU time of this goroutine's thread: check_ns is taken off CPU time, and on a busy machine the monotonic
// clock runs on while others have the core. The goroutine keeps its thread from one reading to the next.
func threadNs() int64 {
	const threadCPUTime = 3
	var now syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, threadCPUTime, uintptr(unsafe.Pointer(&now)), 0)
	return now.Nano()
}

// gate says an event and waits for the reply; at the end of file the workers are ended and that is all.
func (t trial) gate(up bool, format string, fields ...any) {
	say(fmt.Sprintf(format, fields...))
	if !t.asked.gate || replied() {
		return
	}
	if up {
		t.pool.Stop(t.batch)
	}
	os.Exit(0)
}

// replied takes three bytes, as many as a reply has. False at the end of file.
func replied() bool {
	var reply []byte
	for len(reply) < 3 && (len(reply) == 0 || reply[len(reply)-1] != '\n') {
		var one [1]byte
		count, err := os.Stdin.Read(one[:])
		if err != nil && err != io.EOF {
			End("io", "reading the reply at a gate: "+err.Error())
		}
		if err == io.EOF {
			break
		}
		reply = append(reply, one[:count]...)
	}
	if len(reply) > 0 && string(reply) != "go\n" {
		End("unsupported", fmt.Sprintf("expected 'go' at a gate, got %q", reply))
	}
	return len(reply) > 0
}

// say writes a line at once; where nobody reads any more the process ends.
func say(line string) {
	if _, err := os.Stdout.WriteString(line + "\n"); errors.Is(err, syscall.EPIPE) {
		os.Exit(0)
	} else if err != nil {
		os.Exit(1)
	}
}

// End says an error event and ends the process, from any goroutine. kind: limit, unsupported, io, internal. The message:
// operation, value, cause, next step.
func End(kind, message string) {
	var text strings.Builder
	for _, c := range strings.ToValidUTF8(message, "?") {
		switch {
		case c == '"' || c == '\\':
			text.WriteString(`\` + string(c))
		case c < ' ':
			fmt.Fprintf(&text, `\u%04x`, c)
		default:
			text.WriteRune(c)
		}
	}
	say(`{"event":"error","kind":"` + kind + `","message":"` + text.String() + `"}`)
	os.Exit(1)
}

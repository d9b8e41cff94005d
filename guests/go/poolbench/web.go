package poolbench

// The exchange that all pools share: one GET on a new connection, read to the end of the stream, 1 + 3 attempts.

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"regexp"
	"strings"
	"syscall"
	"time"
)

const (
	attempts = 4
	// All that one attempt may take.
	limit = 5 * time.Second
	// Room for one answer: as many bytes are none of the server's.
	room = 1024
)

// get is one job; it counts what it needed beyond one good attempt.
func (b *Batch) get(i uint64) (uint64, fault) {
	var failures, unsent uint64
	for {
		why, connected := attempt(&b.asked.work)
		if why != well {
			failures++
			if !connected {
				unsent++
			}
		}
		passing := why == refused || why == reset || why == earlyEnd
		if why != well && passing && failures < attempts {
			continue
		}
		if failures > 0 {
			// The last of the attempts that failed had no further one after it.
			retries := failures
			if why != well {
				retries--
			}
			b.retries.Add(retries)
			b.unsent.Add(unsent)
		}
		return i, why
	}
}

// attempt also says whether a connection stood, so that the server may have seen a request.
func attempt(work *work) (fault, bool) {
	deadline := time.Now().Add(limit)
	to, err := net.DialTimeout("tcp", work.address, limit)
	if err != nil {
		return faultOf(err), false
	}
	defer to.Close()
	to.SetDeadline(deadline)
	if _, err := to.Write(work.request); err != nil {
		return faultOf(err), true
	}
	var answer [room]byte
	for length := 0; length < room; {
		count, err := to.Read(answer[length:])
		length += count
		if err == io.EOF {
			return judge(answer[:length]), true
		} else if err != nil {
			return faultOf(err), true
		}
	}
	return wrongBody, true
}

var statusLine = regexp.MustCompile(`^HTTP/1\.[01] ([0-9]{3})[ \r]`)

func judge(answer []byte) fault {
	const begin = "HTTP/1."
	if !strings.HasPrefix(begin, string(answer)) && !bytes.HasPrefix(answer, []byte(begin)) {
		return wrongBody
	}
	head, body, whole := bytes.Cut(answer, []byte("\r\n\r\n"))
	if !whole {
		return earlyEnd
	}
	line := statusLine.FindSubmatch(append(head[:len(head):len(head)], '\r'))
	if line == nil {
		return wrongBody
	}
	if string(line[1]) != "200" {
		return wrongStatus
	}
	if string(body) == "OK" {
		return well
	}
	// The end of the stream is the only mark of the body's end, so a cut body is an early end.
	if strings.HasPrefix("OK", string(body)) {
		return earlyEnd
	}
	return wrongBody
}

func faultOf(err error) fault {
	classes := []struct {
		cause error
		class fault
	}{
		{syscall.ECONNREFUSED, refused}, {syscall.ECONNRESET, reset}, {syscall.ECONNABORTED, reset}, {syscall.EPIPE, reset},
		{os.ErrDeadlineExceeded, timedOut}, {syscall.ETIMEDOUT, timedOut}, {syscall.EADDRNOTAVAIL, noPort},
		{syscall.EMFILE, noDescriptor}, {syscall.ENFILE, noDescriptor},
	}
	for _, known := range classes {
		if errors.Is(err, known.cause) {
			return known.class
		}
	}
	if dialled, ok := err.(net.Error); ok && dialled.Timeout() {
		return timedOut
	}
	return otherIO
}

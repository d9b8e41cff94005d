package poolbench

// `--workload NAME[:PARAM]`, as words become numbers, addresses and requests.

import (
	"fmt"
	"net/netip"
	"strings"
)

// workloads are those that users choose from; fail and panic are for tests.
var workloads = []string{"noop", "compute", "factor", "spin", "skew", "sleep", "file", "http"}

// work is a workload, parsed.
type work struct {
	name    string
	number  uint64 // factor's first, ns of a span, bytes of file, K of fail and panic
	address string // http: where to, and what to say there
	request []byte
}

func parseWorkload(text string) work {
	name, param, has := strings.Cut(text, ":")
	refused := func(accepted string) work {
		refuse("--workload", text, accepted)
		return work{}
	}
	counted := func(least, most, or uint64) work {
		if has {
			var ok bool
			if or, ok = wholeNumber(param, least, most); !ok {
				return refused(fmt.Sprintf("whole numbers from %d to %d are accepted", least, most))
			}
		}
		return work{name: name, number: or}
	}
	lasting := func(or uint64) work {
		if has {
			var ok bool
			if or, ok = span(param); !ok {
				return refused("a length of time is a whole number and ns, us, ms or s, at most 3600s")
			}
		}
		return work{name: name, number: or}
	}
	switch name {
	case "noop", "compute":
		if has {
			return refused("this workload takes no parameter")
		}
		return work{name: name}
	case "factor":
		// p * p must not overflow.
		return counted(0, 1<<62, 100)
	case "spin", "skew":
		return lasting(10_000)
	case "sleep":
		return lasting(100_000_000)
	case "file":
		return counted(1, 1<<20, 4096)
	case "fail", "panic":
		return counted(1, ^uint64(0), 10)
	case "http":
		if found, ok := target(param); ok {
			return found
		}
		return refused("http:http://ADDRESS:PORT/PATH with an address in numbers and no blanks is accepted")
	}
	return refused("there are " + strings.Join(workloads, ", "))
}

// span is a whole number and its unit, at most an hour, in ns.
func span(text string) (uint64, bool) {
	digits := strings.TrimRight(text, "nmus")
	units := map[string]uint64{"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
	unit, known := units[text[len(digits):]]
	if !known {
		return 0, false
	}
	n, ok := wholeNumber(digits, 0, 3_600_000_000_000/unit)
	return n * unit, ok
}

// target takes an address in numbers, so that no name is looked up in a job.
func target(url string) (work, bool) {
	rest := strings.TrimPrefix(url, "http://")
	address, path, _ := strings.Cut(rest, "/")
	_, err := netip.ParseAddrPort(address)
	if rest == url || err != nil || strings.ContainsAny(url, " \t\r\n") {
		return work{}, false
	}
	request := fmt.Sprintf("GET /%s HTTP/1.1\r\nhost: %s\r\nconnection: close\r\n\r\n", path, address)
	return work{name: "http", address: address, request: []byte(request)}, true
}

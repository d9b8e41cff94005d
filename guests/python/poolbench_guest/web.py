"""One GET on a new connection: the exchange that all pools share, over a socket, and the rule of 1 + 3 attempts."""

import errno
import re
import socket
from functools import partial
from time import monotonic

# Everything one attempt may take, s.
TIMEOUT = 5.0
ATTEMPTS = 4
# More than this, in bytes, is no answer of ours.
ROOM = 1024
AGAIN = {"refused", "reset", "eof"}
FAULTS = {errno.ECONNREFUSED: "refused", errno.ECONNRESET: "reset", errno.ECONNABORTED: "reset", errno.EPIPE: "reset",
          errno.ETIMEDOUT: "timeout", errno.EAGAIN: "timeout", errno.EADDRNOTAVAIL: "addr", errno.EMFILE: "fd",
          errno.ENFILE: "fd"}


class Lost(Exception):
    """An attempt that failed: its class, and whether a connection stood, so that the server may have seen a request."""

    def __init__(self, fault, sent=True):
        super().__init__(fault)
        self.fault, self.sent = fault, sent


class Target:
    """Where the GET goes: an address in numbers, so that no job looks up a name, and the request, built once."""

    def __init__(self, url):
        parts = re.fullmatch(r"http://(\[[0-9a-fA-F:.]+\]|[0-9.]+):([0-9]{1,5})(/[!-~]*)?", url)
        self.family = socket.AF_INET6 if parts and parts[1].startswith("[") else socket.AF_INET
        try:
            host = parts[1].strip("[]")
            socket.inet_pton(self.family, host)
            self.address = host, int(parts[2])
        except (TypeError, OSError):
            raise ValueError("http://ADDRESS:PORT/PATH with an address in numbers and no blanks is accepted") from None
        self.url = url
        place = f"{parts[1]}:{parts[2]}"
        self.request = f"GET {parts[3] or '/'} HTTP/1.1\r\nhost: {place}\r\nconnection: close\r\n\r\n".encode()


class Tries:
    """The attempts of one job."""

    def __init__(self):
        self.failed = self.unsent = 0

    def again(self, lost):
        self.failed += 1
        self.unsent += not lost.sent
        return lost.fault in AGAIN and self.failed < ATTEMPTS

    def result(self, result):
        """The job's result with what it took: the attempts beyond the first, and those without a request."""
        if not self.failed:
            return result
        return result, self.failed - isinstance(result, str), self.unsent


def job(name, url):
    """The job of `http` or `http-native`."""
    target = Target(url)
    if name == "http":
        return partial(get, exchange, target)
    from .native import Native
    return Native(target)


def get(attempt, target, index):
    """One job: `attempt` until it succeeds, or has failed for good."""
    tries = Tries()
    while True:
        try:
            attempt(target)
            return tries.result(index)
        except Lost as lost:
            if not tries.again(lost):
                return tries.result(lost.fault)


def exchange(target):
    """One attempt over a socket."""
    deadline = monotonic() + TIMEOUT
    connected = False
    try:
        with socket.socket(target.family, socket.SOCK_STREAM) as stream:
            stream.settimeout(TIMEOUT)
            stream.connect(target.address)
            connected = True
            stream.sendall(target.request)
            answer = b""
            while len(answer) < ROOM:
                # A socket's time is for each read, so it is cut to what is left of the whole.
                stream.settimeout(max(0.001, deadline - monotonic()))
                part = stream.recv(ROOM - len(answer))
                if not part:
                    return judge(answer)
                answer += part
    except OSError as cause:
        raise Lost(fault(cause), connected) from None
    raise Lost("body")


def judge(answer):
    """Whether an answer, read to the end of the stream, is whole and right."""
    if not b"HTTP/1.".startswith(answer[:7]):
        raise Lost("body")
    head, blank, body = answer.partition(b"\r\n\r\n")
    if not blank:
        raise Lost("eof")
    status = re.match(rb"HTTP/1\.[01] ([0-9]{3})[ \r]", head + b"\r")
    if not status:
        raise Lost("body")
    if status[1] != b"200":
        raise Lost("status")
    if body != b"OK":
        # The end of the stream is the only mark of the body's end, so a cut body is an early end.
        raise Lost("eof" if b"OK".startswith(body) else "body")


def fault(cause):
    """The class of a failed system call."""
    if isinstance(cause, (TimeoutError, socket.timeout)):
        return "timeout"
    return FAULTS.get(cause.errno, "io")

"""`http-native`: requests, with a new session a job and its adapter's retries, as the originals did."""

from . import need
from .web import ATTEMPTS, TIMEOUT, Lost, Tries, fault

requests = need("requests")
from requests.adapters import HTTPAdapter  # noqa: E402
from urllib3 import exceptions as broken  # noqa: E402
from urllib3.util.retry import Retry  # noqa: E402


class Native:
    """The job; it crosses to other processes as a URL."""

    def __init__(self, target):
        self.url = target.url

    def __call__(self, index):
        tries = Tries()
        while True:
            try:
                attempt(self.url, tries)
                return tries.result(index)
            except Final as lost:
                return tries.result(lost.fault)
            except (Lost, requests.RequestException) as cause:
                # What fails after the answer's head the adapter does not try again.
                lost = cause if isinstance(cause, Lost) else lost_of(cause)
                if not tries.again(lost):
                    return tries.result(lost.fault)


def attempt(url, tries):
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=Counted(ATTEMPTS).of(tries)))
        answer = session.get(url, headers={"connection": "close"}, timeout=TIMEOUT)
    if answer.status_code != 200:
        raise Lost("status")
    if answer.content != b"OK":
        raise Lost("body")


class Final(Lost):
    """An attempt that is counted already, and was the last."""


class Counted(Retry):
    """Retries that follow the common rule, and are counted."""

    tries = None

    def of(self, tries):
        self.tries = tries
        return self

    def new(self, **settings):
        return super().new(**settings).of(self.tries)

    def increment(self, method=None, url=None, response=None, error=None, _pool=None, _stacktrace=None):
        lost = lost_of(error)
        if not self.tries.again(lost):
            raise Final(lost.fault)
        return super().increment(method, url, response, error, _pool, _stacktrace)


def lost_of(cause):
    """Why an attempt failed: by the deepest cause that tells."""
    sent, seen = True, None
    while cause is not None:
        if isinstance(cause, broken.NewConnectionError):
            # Some versions count it among the time limits.
            sent = False
        elif isinstance(cause, broken.TimeoutError):
            return Lost("timeout", not isinstance(cause, broken.ConnectTimeoutError))
        if type(cause).__name__ in ("RemoteDisconnected", "IncompleteRead"):
            return Lost("eof")
        if isinstance(cause, OSError) and cause.errno is not None:
            seen = cause
        inner = [part for part in cause.args if isinstance(part, Exception)]
        cause = inner[-1] if inner else cause.__cause__ or cause.__context__
    return Lost(fault(seen) if seen else "body", sent)

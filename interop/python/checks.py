"""How the Python suites report: a line "ok NAME" or "not ok NAME: why" for each check."""

import secrets
import time
from contextlib import contextmanager

# What was sent must be readable within a second; a busy machine gets more.
SEEN_SECONDS_MAX = 15


@contextmanager
def check(name):
    try:
        yield
    except Exception as error:
        why = " ".join(f"{type(error).__name__}: {error}".split())
        print(f"not ok {name}: {why}", flush=True)
    else:
        print(f"ok {name}", flush=True)


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"expected {expected!r}, got {actual!r}")


def eventually(attempt, seconds_max=SEEN_SECONDS_MAX):
    """Tries until it raises nothing; raises the last error when time is up."""
    end = time.monotonic() + seconds_max
    while True:
        try:
            return attempt()
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def new_id(size=8):
    return secrets.token_hex(size)


def new_trace_id():
    return f"1-{int(time.time()):08x}-{new_id(12)}"

"""Who has failed to log in waits, longer each time; of how many that is told is bounded."""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b


@dataclass(frozen=True, slots=True)
class Allowance:
    """How often one may fail before there is a wait, and the longest wait in seconds."""

    free: int
    longest: float


# One name at one address; an address with whatever name; a name at whatever address. The last is
# short: others must not be able to shut somebody out for long.
PAIR, ADDRESS, NAME = Allowance(5, 900), Allowance(20, 900), Allowance(50, 30)
# Seconds after which failures are forgotten, and of how many they are kept.
_FORGOTTEN = 3600.0
_KEPT = 10_000


@dataclass(slots=True)
class _Failures:
    count: int = 0
    last: float = 0.0
    until: float = 0.0


class Throttle:
    """Counts failures by name and address."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with none. `clock` tells seconds."""
        self._clock = clock
        self._failures: OrderedDict[bytes, _Failures] = OrderedDict()

    def __len__(self) -> int:
        return len(self._failures)

    def wait(self, name: str, address: str) -> float:
        """Return how many seconds are left until there may be a try."""
        now = self._clock()
        untils = [self._failures[key].until for key, _ in _keys(name, address) if self._is(key)]
        return max(0.0, *(until - now for until in untils), 0.0)

    def tried(self, name: str, address: str) -> float:
        """Count a try as failed before it is made; return how long the next has to wait.

        Before: a thousand tries at once must not all be made before the first has failed.
        """
        now = self._clock()
        longest = 0.0
        for key, allowance in _keys(name, address):
            found = self._failures.pop(key, None) if self._is(key) else None
            found = found or _Failures()
            found.count, found.last = found.count + 1, now
            if found.count >= allowance.free:
                seconds = min(allowance.longest, 2.0 ** min(found.count - allowance.free, 20))
                found.until = now + seconds
                longest = max(longest, seconds)
            self._failures[key] = found
        while len(self._failures) > _KEPT:
            self._failures.popitem(last=False)
        return longest

    def succeeded(self, name: str, address: str) -> None:
        """Forget what failed with this name at this address: it was a person who mistyped."""
        pair, *others = _keys(name, address)
        self._failures.pop(pair[0], None)
        for key, _ in others:
            if found := self._failures.get(key):
                found.count, found.until = found.count - 1, 0.0

    def _is(self, key: bytes) -> bool:
        found = self._failures.get(key)
        return found is not None and self._clock() - found.last < _FORGOTTEN


def network(address: str) -> str:
    """Return what one person has of addresses: of IPv6 the first half, which is one household's."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else address


def _keys(name: str, address: str) -> Sequence[tuple[bytes, Allowance]]:
    place = network(address)
    return (
        (_key("pair", name, place), PAIR),
        (_key("address", place), ADDRESS),
        (_key("name", name), NAME),
    )


def _key(*parts: str) -> bytes:
    # Of one size, however long a name is.
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).digest()

"""Logins: passwords are kept as scrypt hashes, which tell nobody what they are."""

import base64
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from qa.errors import SettingsError

# A hash is written scrypt:LOG_N:R:P:SALT:HASH; these cost 32 MB of memory and some tenths of a
# second, the least that OWASP recommends.
_PREFIX = "scrypt:"
_LOG_N, _R, _P = 15, 8, 3
_LEAST, _MOST = 10, 20
_BYTES = 32
# Logins over HTTP Basic that are remembered as right, so that not every call takes that time.
_REMEMBERED = 256
_FORM = "--auth (or QA_AUTH) must be USER:PASSWORD, neither of them empty or with spaces"


def hashed(password: str) -> str:
    """Return a password's hash, as it may stand in the place of the password in a login."""
    salt = secrets.token_bytes(16)
    return _written(_LOG_N, _R, _P, salt, _scrypt(password, salt, _LOG_N, _R, _P))


def logins(auth: str) -> dict[str, str]:
    """Return the hashes of the passwords in "USER:PASSWORD", several with spaces between, by user.

    In the place of a password there may be what `hashed` returns. Raises `SettingsError` for what
    is not in that form.
    """
    known: dict[str, str] = {}
    for one in auth.split():
        user, separator, password = one.partition(":")
        if not (user and separator and password):
            raise SettingsError(_FORM)
        if password.startswith(_PREFIX):
            _read(user, password)
        known[user] = password
    if not known:
        raise SettingsError(_FORM)
    with ThreadPoolExecutor(4) as pool:
        return dict(zip(known, pool.map(_as_hash, known.values()), strict=True))


class Passwords:
    """Checks passwords. Whether a user is known makes no difference in the time that takes."""

    def __init__(self, known: Mapping[str, str]) -> None:
        """Take hashes by user, as `logins` returns them."""
        self._known = dict(known)
        self._nobody = next(iter(known.values()), "") or hashed("")
        self._key = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, None] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._known)

    def right(self, user: str, password: str) -> bool:
        """Tell whether that is the user's password. It takes some tenths of a second."""
        expected = self._known.get(user)
        log_n, r, p, salt, digest = _parts(expected or self._nobody)
        same = hmac.compare_digest(_scrypt(password, salt, log_n, r, p), digest)
        return same and expected is not None

    def remembered(self, user: str, password: str) -> bool:
        """Tell whether this very login was found right before, which takes no time."""
        return self._name(user, password) in self._right

    def remember(self, user: str, password: str) -> None:
        """Keep in mind that a login is right, without keeping the password."""
        self._right[self._name(user, password)] = None
        while len(self._right) > _REMEMBERED:
            self._right.popitem(last=False)

    def _name(self, user: str, password: str) -> bytes:
        said = f"{len(user)}:{user}{password}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, said, "sha256")


def _as_hash(password: str) -> str:
    return password if password.startswith(_PREFIX) else hashed(password)


def _scrypt(password: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(
        password.encode("utf-8", "surrogatepass"),
        salt=salt,
        n=2**log_n,
        r=r,
        p=p,
        # Twice what scrypt needs.
        maxmem=256 * r * (2**log_n + p + 2),
        dklen=_BYTES,
    )


def _written(log_n: int, r: int, p: int, salt: bytes, digest: bytes) -> str:
    code = [base64.urlsafe_b64encode(one).decode() for one in (salt, digest)]
    return _PREFIX + ":".join([str(log_n), str(r), str(p), *code])


def _parts(written: str) -> tuple[int, int, int, bytes, bytes]:
    """Return what `_written` wrote. Raises `ValueError`."""
    log_n, r, p, salt, digest = written.removeprefix(_PREFIX).split(":")
    raw = base64.urlsafe_b64decode
    return int(log_n), int(r), int(p), raw(salt), raw(digest)


def _read(user: str, written: str) -> None:
    """Check a hash that was given. Raises `SettingsError`."""
    try:
        log_n, r, p, _, digest = _parts(written)
        sound = _LEAST <= log_n <= _MOST and 1 <= r <= 32 and 1 <= p <= 16 and len(digest) == _BYTES
    except ValueError:
        sound = False
    if not sound:
        raise SettingsError(
            f"the hash of {user}'s password in --auth (or QA_AUTH) is damaged: "
            "write down anew what `qa password` prints"
        )

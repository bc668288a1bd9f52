"""The connection to a Chroma server: opened for the first request, tried again, given a rest."""

import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from qa.errors import LibraryError, SettingsError, VectorsAway
from qa.settings import Settings

# Seconds between two tries.
_PAUSE = 0.3
# Seconds in which a server that is away is not asked again.
_REST = 5.0


class Server:
    """A Chroma server. Threads share its client, which is opened for the first request."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._client: Any = None
        self._rests = 0.0

    def client(self, method: str, *given: Any, **named: Any) -> Any:
        """Call a method of the client. Raises as `connect` does."""
        return getattr(self._opened(), method)(*given, **named)

    def ask(self, request: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Send a request, and again if the server does not answer.

        Raises `VectorsAway` if it does not, `LibraryError` if it answers that something is wrong.
        """
        import httpx
        from chromadb.errors import ChromaError

        if time.monotonic() < self._rests:
            raise _away(self._settings.chroma_url, TimeoutError("it did not answer a moment ago"))
        for left in reversed(range(self._settings.chroma_tries)):
            try:
                return request(*given, **named)
            except (httpx.HTTPError, VectorsAway, OSError) as error:
                if not left:
                    # Nobody waits for it again at once.
                    self._rests = time.monotonic() + _REST
                    raise _away(self._settings.chroma_url, error) from None
                time.sleep(_PAUSE)
            except (ChromaError, ValueError) as error:
                raise LibraryError(
                    f"the vectors at {_place(self._settings.chroma_url)} cannot be used "
                    f"({str(error).splitlines()[0]}): run `qa doctor`"
                ) from None
        raise AssertionError("at least one try")

    def close(self) -> None:
        """Let go of the client."""
        with self._lock:
            if self._client is not None:
                sessions = _sessions(self._client)
                self._client.close()
                for session in sessions:
                    session.close()
            self._client = None

    def _opened(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = connect(self._settings)
            return self._client


def connect(settings: Settings) -> Any:
    """Return a client of the server that the settings name.

    Raises `VectorsAway` if the server does not answer, `SettingsError` for an address or headers
    that are none.
    """
    # Imported late: it takes a second, and `qa list` does without.
    import chromadb
    import httpx
    from chromadb.config import Settings as ChromaSettings

    at = urlsplit(settings.chroma_url)
    if at.scheme not in ("http", "https") or not at.hostname:
        raise SettingsError(
            f"QA_CHROMA_URL is no address: {settings.chroma_url!r}; one is https://host:8000"
        )
    secure = at.scheme == "https"
    try:
        # First, since the client would wait for ever.
        httpx.get(f"{at.scheme}://{at.netloc}/api/v2/heartbeat", timeout=settings.chroma_timeout)
        client = chromadb.HttpClient(
            host=at.hostname,
            port=at.port or (443 if secure else 80),
            ssl=secure,
            headers=_headers(settings),
            settings=ChromaSettings(anonymized_telemetry=False),
            tenant=settings.chroma_tenant,
            database=settings.chroma_database,
        )
    except (httpx.HTTPError, ValueError, OSError) as error:
        raise _away(settings.chroma_url, error) from None
    for session in _sessions(client):
        session.timeout = httpx.Timeout(settings.chroma_timeout)
    return client


def _sessions(client: Any) -> list[Any]:
    """Return what chromadb sends requests by: it has no setting for how long, nor closes them."""
    servers = [getattr(of, "_server", None) for of in (client, client._admin_client)]
    return [server._session for server in servers if server is not None]


def _headers(settings: Settings) -> dict[str, str]:
    """Return the headers in the settings: "NAME: VALUE", several with a semicolon between."""
    given = settings.chroma_headers.get_secret_value() if settings.chroma_headers else ""
    found = {}
    for one in filter(str.strip, given.split(";")):
        name, separator, value = one.partition(":")
        if not separator or not name.strip():
            raise SettingsError("QA_CHROMA_HEADERS must be NAME: VALUE; NAME: VALUE")
        found[name.strip()] = value.strip()
    return found


def _away(url: str, error: BaseException) -> VectorsAway:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return VectorsAway(
        f"cannot reach the vectors at {_place(url)} ({reason or type(error).__name__}): "
        "check that Chroma runs and what QA_CHROMA_URL says, then try again"
    )


def _place(url: str) -> str:
    """Return an address without user and password."""
    at = urlsplit(url)
    return f"{at.scheme}://{at.hostname or ''}{f':{at.port}' if at.port else ''}{at.path}"

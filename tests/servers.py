"""Real servers for the tests: a PostgreSQL cluster and a Chroma server, in folders of their own."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

# Who runs PostgreSQL where root runs the tests: it refuses root.
_USER = "postgres"


def postgres_programs() -> Path | None:
    """The folder of PostgreSQL's programs; None if it is not installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = [
        p for p in Path("/usr/lib/postgresql").glob("*/bin/initdb") if int(p.parts[-3]) > 14
    ]
    return max(versions, key=lambda p: int(p.parts[-3])).parent if versions else None


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Postgres:
    """A cluster on a free port of this machine; `url` is that of its first database."""

    def __init__(self, programs: Path, folder: Path, port: int | None = None) -> None:
        self._programs, self._folder = programs, folder
        self.port = port or free_port()
        self._user = {"user": _USER, "group": _USER} if os.geteuid() == 0 else {}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self.database("postgres")

    def database(self, name: str) -> str:
        return f"postgresql://qa:secret@127.0.0.1:{self.port}/{name}"

    def create(self, name: str) -> str:
        """Make an empty database; return its address."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return self.database(name)

    def initialise(self) -> None:
        if self._user:
            shutil.chown(self._folder, _USER, _USER)
        password = self._folder / "password"
        password.write_text("secret", encoding="utf-8")
        if self._user:
            shutil.chown(password, _USER)
        self._run(
            "initdb", "-U", "qa", "-A", "scram-sha-256", "--pwfile", str(password), "-E", "UTF8"
        )
        with (self._folder / "data/postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\n")
            file.write("shared_buffers = '128MB'\nmax_connections = 200\n")

    def start(self) -> None:
        command = [str(self._programs / "postgres"), "-D", str(self._folder / "data")]
        for _ in range(600):
            # After `kill -9` a new one does not start until all of the old have ended.
            if self.process is None or self.process.poll() is not None:
                self.process = subprocess.Popen(
                    [*command, "-p", str(self.port)],
                    cwd=self._folder,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    **self._user,  # type: ignore[call-overload]
                )
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise RuntimeError("PostgreSQL did not start")

    def stop(self) -> None:
        if self.process is not None:
            # "Fast": who is connected is not waited for.
            self.process.send_signal(2)
            self.process.wait(60)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), "-D", str(self._folder / "data"), *arguments]
        subprocess.run(
            command,
            cwd=self._folder,
            check=True,
            capture_output=True,
            **self._user,  # type: ignore[call-overload]
        )


@contextmanager
def postgres(programs: Path) -> Iterator[Postgres]:
    """Run a new cluster. Its folder is one that another user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="qa-postgres-"))
    server = Postgres(programs, folder)
    try:
        server.initialise()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Chroma:
    """A Chroma server on a free port of this machine, whose vectors stand in a folder."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self._folder = folder
        self.port = port or free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def create(self, name: str) -> None:
        """Make an empty database of vectors."""
        urllib.request.urlopen(
            urllib.request.Request(
                f"{self.url}/api/v2/tenants/default_tenant/databases",
                json.dumps({"name": name}).encode(),
                {"Content-Type": "application/json"},
            ),
            timeout=10,
        ).close()

    def start(self) -> None:
        program = Path(sys.executable).with_name("chroma")
        arguments = ("run", "--host", "127.0.0.1", "--port", str(self.port))
        self.process = subprocess.Popen(
            [str(program), *arguments, "--path", str(self._folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
        )
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{self.url}/api/v2/heartbeat", timeout=2).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("Chroma did not start")

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(60)


@contextmanager
def chroma(folder: Path) -> Iterator[Chroma]:
    """Run a new server."""
    server = Chroma(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()

"""What the kernel tells of a process's memory."""

from pathlib import Path


def megabytes(key: str, process: int | str = "self") -> int:
    """Return a figure of a process: "VmRSS" now, "VmHWM" at its highest, "RssFile" of files.

    Raises `OSError` if the process is gone, or the system is not Linux.
    """
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith(f"{key}:")]
    return int(kilobytes) // 1024

"""Builds the documents into build/site: `make docs`.

The pages link to files of the repository, such as `../qa/assistant.py`, which a site does not have.
A copy of the pages is built, in which these links lead to the repository if the variable
REPOSITORY names its address (`https://…/blob/main`), and are plain text otherwise.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

CHECKOUT = Path(__file__).parents[1]
DOCS, COPY = CHECKOUT / "docs", CHECKOUT / "build" / "docs"
_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((\.\.?/[^)\s]+)\)")


def main() -> None:
    """Copy the pages with their pictures, then build the site; a broken link ends the build."""
    shutil.rmtree(COPY, ignore_errors=True)
    for path in sorted(DOCS.rglob("*")):
        if path.suffix in {".md", ".png", ".svg"}:
            target = COPY / path.relative_to(DOCS)
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == ".md":
                target.write_text(_for_a_site(path, os.environ.get("REPOSITORY", "")), "utf-8")
            else:
                shutil.copyfile(path, target)
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    sys.exit(subprocess.run(command, cwd=CHECKOUT).returncode)


def _for_a_site(page: Path, repository: str) -> str:
    """Return a page's text, its links out of the documents changed for a site."""

    def changed(found: re.Match[str]) -> str:
        words, link = found[1], found[2]
        target = Path(os.path.normpath(page.parent / link.partition("#")[0]))
        if target.is_relative_to(DOCS):
            return found[0]
        place = PurePosixPath(target.relative_to(CHECKOUT).as_posix())
        return f"[{words}]({repository.rstrip('/')}/{place})" if repository else words

    return _LINK.sub(changed, page.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()

"""Writes the help of every command into docs/command-line.md: `python docs/command_line.py`."""

import argparse
import os
import re
from pathlib import Path

from qa.cli.commands import parser

PAGE = Path(__file__).with_name("command-line.md")
# The heading under which the commands stand; everything below it is written by this program.
HEADING = "## Commands\n"
_WIDTH = "80"


def helps() -> dict[str, str]:
    """Return the help text of each command by its name, in the order of `qa --help`."""
    os.environ["COLUMNS"] = _WIDTH
    [commands] = (
        action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)
    )
    return {name: command.format_help().strip() for name, command in commands.choices.items()}


def written() -> dict[str, str]:
    """Return the help texts that stand on the page, by the name of the command."""
    text = PAGE.read_text(encoding="utf-8")
    return dict(re.findall(r"(?sm)^### qa (\w+)\n\n```text\n(.*?)\n```$", text))


def main() -> None:
    """Write the page anew below its last heading."""
    above = PAGE.read_text(encoding="utf-8").partition(HEADING)[0]
    below = [f"\n### qa {name}\n\n```text\n{text}\n```\n" for name, text in helps().items()]
    PAGE.write_text(above + HEADING + "".join(below), encoding="utf-8")


if __name__ == "__main__":
    main()

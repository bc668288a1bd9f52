"""Asks one question, and prints the answer with the sentences it rests on.

Run `qa ingest corpus --library .library` before, and then
`QA_LIBRARY=.library python examples/ask.py "When did Abe plan to visit Russia?"`.
"""

import sys

from qa import QAError, answer

QUESTION = "When did Abe plan to visit Russia?"


def main() -> None:
    """Ask the question of the command line, or the one above."""
    question = " ".join(sys.argv[1:]) or QUESTION
    try:
        found = answer(question)
    except QAError as error:
        sys.exit(f"ask: {error}")
    print(found.text)
    for citation in found.citations:
        print(f"\n[{citation.marker}] {citation.article.label}")
        for date in citation.dates:
            print(f"    “{date.text}” is {date.value}")


if __name__ == "__main__":
    main()

"""Reading 12 passages for a question, against embedding the same 12 passages.

The two take turns on the same texts, in the same process, and the medians are compared. The
passages are of as many tokens as the library cuts them to; the questions are short.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from functools import partial

from benchmarks.news import ARTICLES
from qa.ingest.passages import split
from qa.models.device import native_bfloat16
from qa.models.loading import load_embedder, load_small_reader
from qa.models.span_model import Text
from qa.settings import Settings
from qa.training.news import rows
from qa.types import Article, Source

PASSAGES = 12
QUESTION = "Who was named the new head of the agency after the vote in parliament on Thursday?"


def seconds(task: Callable[[], object]) -> float:
    started = time.perf_counter()
    task()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=40)
    arguments = parser.parse_args()
    settings = Settings(device="cpu")
    embedder, model = load_embedder(settings), load_small_reader(settings)
    texts: list[str] = []
    for row in rows(ARTICLES):
        article = Article(Source(row["url"], row["title"]), row["text"])
        texts += [passage.text for passage in split(article, embedder, settings.passage_tokens)]
        if len(texts) >= PASSAGES * (arguments.runs + 1):
            break
    read, embedded = [], []
    # The first round is not counted: it warms up what is compiled at first use.
    for run in range(arguments.runs + 1):
        part = texts[run * PASSAGES : (run + 1) * PASSAGES]
        read.append(seconds(partial(model.read, QUESTION, list(map(Text, part)))))
        embedded.append(seconds(partial(embedder.embed, part)))
    ours, theirs = statistics.median(read[1:]), statistics.median(embedded[1:])
    print(
        json.dumps(
            {
                "native_bfloat16": native_bfloat16(),
                "read_ms_median": round(1000 * ours),
                "embed_ms_median": round(1000 * theirs),
                "ratio_of_medians": round(ours / theirs, 2),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()

"""Parquet, by pyarrow: read by groups of rows, so that a large file takes little memory."""

from collections.abc import Iterator
from typing import Any

from qa.ingest.fields import articles_of_rows
from qa.ingest.parsed import Format, Found, Input

_ROWS = 256


def parse(given: Input) -> Found:
    """Yield the article of each row."""
    yield from articles_of_rows(_rows(given), given)


def count(given: Input) -> int:
    """Return the number of rows, as the file's foot tells."""
    from pyarrow.parquet import ParquetFile

    with given.open() as stream, ParquetFile(stream) as file:
        return int(file.metadata.num_rows)


def _rows(given: Input) -> Iterator[tuple[int, Any, tuple[str, ...]]]:
    # Imported late: it takes a quarter of a second, and only these files need it.
    from pyarrow.parquet import ParquetFile

    number = 0
    with given.open() as stream, ParquetFile(stream) as file:
        for batch in file.iter_batches(batch_size=_ROWS):
            for row in batch.to_pylist():
                number += 1
                yield number, row, ()


FORMAT = Format(
    "Parquet",
    (".parquet", ".pq"),
    parse,
    modules=("pyarrow",),
    count=count,
    known_by_url=True,
    library="pyarrow",
)

"""Time against length: what texts cost that repeat one thing, read by everything that reads texts.

    python -m benchmarks.campaign.shapes --characters 50000

reads each of the shapes of `tests/test_linear.py`, repeated to so many characters and to twice as
many, by each of its readers, and prints the seconds of the processor, their ratio, and which reader
took longest. It exits with 1 if twice the length takes more than 2.6 times as long.
"""

import argparse
import sys

from tests.test_linear import LEAST, MOST, READ, SHAPES, seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--characters", type=int, default=50_000, help="of the shorter text")
    size = parser.parse_args().characters
    print(f"| repeated | {size:,} characters | twice as many | ratio | slowest reader |")
    print("|---|---|---|---|---|")
    worst = 0.0
    for shape in SHAPES:
        text = shape * (size // len(shape))
        once = {name: seconds(read, text) for name, read in READ.items()}
        twice = {name: seconds(read, 2 * text) for name, read in READ.items()}
        slowest = max(twice, key=lambda name: twice[name])
        total, doubled = sum(once.values()), sum(twice.values())
        ratios = [twice[name] / once[name] for name in READ if twice[name] > 10 * LEAST]
        worst = max([worst, *ratios])
        print(
            f"| {shape!r} | {total:.2f} s | {doubled:.2f} s | {doubled / total:.1f} "
            f"| {slowest}, {twice[slowest]:.2f} s |",
            flush=True,
        )
    print(f"\nThe highest ratio of a reader that takes over {10 * LEAST} s: {worst:.2f}")
    return int(worst > MOST)


if __name__ == "__main__":
    sys.exit(main())

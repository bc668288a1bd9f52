"""`python -m qa.training.ship RUN FOLDER`: a run's weights, a byte each, as qa comes with them.

The tokenizer, which both networks share, goes to the folder above. Calibrate them next: until then
they are refused.
"""

import argparse
import shutil
from pathlib import Path

from safetensors.torch import load_file

from qa.models import weights
from qa.models.shipped import file_hash


def main() -> None:
    """Write the weights, and print their files' SHA-256."""
    parser = argparse.ArgumentParser(prog="python -m qa.training.ship", description=__doc__)
    parser.add_argument("run", type=Path, help="a folder that training wrote, or a mean")
    parser.add_argument("folder", type=Path, help="such as qa/weights/reader/small")
    arguments = parser.parse_args()
    for path in ship(arguments.run, arguments.folder):
        print(path, path.stat().st_size, file_hash(path))


def ship(run: Path, folder: Path) -> list[Path]:
    """Write a run's weights to a folder, in the place of those that are there."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("model*.safetensors"):
        old.unlink()
    shutil.copyfile(run / "config.json", folder / "config.json")
    shutil.copyfile(run / "tokenizer.json", folder.parent / "tokenizer.json")
    return weights.write(load_file(run / "model.safetensors"), folder)


if __name__ == "__main__":
    main()

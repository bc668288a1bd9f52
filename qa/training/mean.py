"""`python -m qa.training.mean --output FOLDER RUN RUN …`: the mean of the weights of several runs.

Also of one run at several steps (Izmailov et al., "Averaging Weights", 2018).
"""

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from qa.models.shipped import file_hash


def main() -> None:
    """Write the mean of the runs' weights, with the first run's configuration and tokenizer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=Path, nargs="+", help="folders that training wrote")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    print("SHA-256", mean(arguments.runs, arguments.output))


def mean(runs: Sequence[Path], folder: Path) -> str:
    """Write a network whose weights are the mean of several; return their SHA-256, in hex."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [load_file(run / "model.safetensors") for run in runs]
    weights = {
        name: torch.stack([part[name].float() for part in parts]).mean(dim=0).half().contiguous()
        for name in parts[0]
    }
    for name in ("config.json", "tokenizer.json"):
        shutil.copyfile(runs[0] / name, folder / name)
    path = folder / "model.safetensors"
    save_file(weights, path)
    return file_hash(path)


if __name__ == "__main__":
    main()

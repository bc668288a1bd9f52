"""The record of a run: enough to repeat the run, and to refuse to mix two runs in one folder."""

import hashlib
import importlib.metadata
import os
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qa import __version__, prompts
from qa.evaluation.question_set import QuestionSet
from qa.library.protocols import Catalogue
from qa.library.recipe import facts
from qa.models.calibration import FILE
from qa.models.shipped import (
    ENTAILMENT,
    KINDS,
    READER,
    SELECTION,
    WEIGHTS,
    file_hash,
    load_calibration,
)
from qa.settings import Settings
from qa.writing.providers import without_secrets
from qa.writing.writer import PROMPTS

PACKAGE = Path(__file__).parents[1]
_PACKAGES = (
    "chromadb",
    "ir_measures",
    "langchain-core",
    "numpy",
    "sentence-transformers",
    "tokenizers",
    "torch",
    "transformers",
)
_IDENTITY = ("questions", "settings", "models", "prompts", "corpus", "code")


def record(questions: QuestionSet, settings: Settings, library: Catalogue) -> dict[str, Any]:
    """Return the record of a run, as it is written to run.json."""
    articles, passages = library.counts()
    prints = sorted((id_, mark) for id_, (mark, _) in library.fingerprints().items())
    kept = settings.model_dump(mode="json", exclude={"library"})
    kept["model_url"] = without_secrets(settings.model_url)
    return {
        "questions": {
            "name": questions.name,
            "sha256": questions.sha256,
            "questions": len(questions.questions),
            "left_out": questions.left_out,
            "note": questions.note,
        },
        "settings": kept,
        "models": {
            **facts(settings),
            "reader": dict(load_calibration().files),
            "calibration_sha256": file_hash(READER / FILE),
            "entailment": {name: file_hash(ENTAILMENT / name) for name in (WEIGHTS, FILE)},
            "kinds_sha256": file_hash(KINDS / WEIGHTS),
            "selection_sha256": file_hash(SELECTION / FILE),
        },
        "prompts": {
            name: prompts.digest(name, prompts.own(name, settings.prompts))
            for name in (*PROMPTS, "phrases", "refusal")
        },
        "corpus": {
            "articles": articles,
            "passages": passages,
            "sha256": hashlib.sha256(repr(prints).encode("utf-8")).hexdigest(),
        },
        "code": {"version": __version__, "git": _revision(), "sha256": _code_hash()},
        "library": str(settings.library),
        "packages": {name: importlib.metadata.version(name) for name in _PACKAGES},
        "machine": {
            "system": platform.platform(),
            "processor": _processor(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        },
    }


def identity(made: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a record that must be equal for results to stand in one run.

    The code counts by its SHA-256, so that a commit of other files changes nothing.
    """
    same = {name: made.get(name) for name in _IDENTITY}
    code = {key: value for key, value in (same["code"] or {}).items() if key != "git"}
    return {**same, "code": code}


def _code_hash() -> str:
    digest = hashlib.sha256()
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html")]):
        # The look of a report, and the output of the command line, change no result.
        if path.name not in ("report.py", "report.html", "plots.py", "commands.py"):
            digest.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def _revision() -> str:
    """Return the commit of the checkout that qa runs from; '' if there is no checkout."""
    if not (PACKAGE.parent / ".git").exists():
        return ""
    try:
        return subprocess.run(
            ["git", "-C", str(PACKAGE.parent), "describe", "--always", "--dirty", "--abbrev=12"],
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        ).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _processor() -> str:
    """Return the processor's name, which Python does not know on Linux."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())

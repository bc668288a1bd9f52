"""Imports go one way: a module may import only from the layers before its own."""

import ast
from pathlib import Path

import pytest

QA = Path(__file__).parents[1] / "qa"
LAYERS = [
    {"types", "errors", "wording", "amounts", "transactions"},
    {"settings", "prompts", "passages", "formats", "corpus", "dates"},
    {"schema", "rows", "limits", "fulltext", "events", "library", "vectors", "network", "forward"},
    {
        "embedder",
        "span_model",
        "replies",
        "chat_models",
        "quotes",
        "names",
        "clauses",
        "reply",
        "contradiction",
        "roles",
        "support",
        "followups",
    },
    {"generate"},
    {"models"},
    {
        "ingest",
        "doctor",
        "questions",
        "plans",
        "corrections",
        "retrieve",
        "spans",
        "reader",
        "cite",
        "timeline",
        "stages",
        "verify",
    },
    {"written"},
    {"assistant", "conversations"},
    {"evaluation", "web", "terminal"},
    {"cli", "training", "__init__"},
]
# The package's own face may be named from the command line.
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "qa":
            parts = (node.module or "").split(".")
            found = {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
            names |= {name for name in found if name in RANK}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports are written whole"
        if isinstance(node, ast.Import):
            whole = [alias.name.split(".") for alias in node.names]
            names |= {parts[1] for parts in whole if parts[0] == "qa" and len(parts) > 1}
    return names


@pytest.mark.parametrize("path", sorted(QA.rglob("*.py")), ids=lambda p: str(p.relative_to(QA)))
def test_imports_go_one_way(path: Path) -> None:
    own = path.relative_to(QA).parts[0].removesuffix(".py")
    for name in imported(path):
        # `qa/__init__.py` names the assistant, but imports it only when it is asked for.
        assert RANK[name] <= RANK[own], f"{own} imports {name}"

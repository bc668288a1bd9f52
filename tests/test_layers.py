"""The layout of the packages: which there are, and that imports go one way."""

import ast
import re
from pathlib import Path

import pytest

QA = Path(__file__).parents[1] / "qa"
# What any module may import: values, errors, settings and prompts.
SHARED = {"types", "errors", "settings", "prompts"}
# Each package, and each module at the top, with the packages that it may import.
MAY_IMPORT: dict[str, set[str]] = {
    "text": set(),
    "dates": {"text"},
    "models": set(),
    "library": {"text", "dates", "models"},
    "ingest": {"text", "dates", "models", "library"},
    "search": {"text", "dates", "models", "library"},
    "reading": {"text", "dates", "models", "search"},
    "checking": {"text", "dates", "models"},
    "writing": {"text", "dates", "search", "reading", "checking"},
    "training": {"text", "models"},
}
ASK = set(MAY_IMPORT) - {"training"}
MAY_IMPORT |= {
    "assistant": ASK,
    "web": {*ASK, "assistant"},
    "evaluation": {*ASK, "assistant", "__init__"},
    "terminal": {"text", "dates", "reading"},
    "cli": {*ASK, "assistant", "web", "evaluation", "terminal", "__init__"},
    # The values at the bottom import each other only upwards in this list.
    "errors": set(),
    "types": {"errors"},
    "settings": {"errors"},
    "prompts": {"errors"},
    # Named for people who write `from qa import answer`, and imported when that is asked for.
    "__init__": {"assistant"},
}
PACKAGES = sorted(path.parent.name for path in QA.glob("*/__init__.py"))
# More names in one listing show no design: a new module goes into a package.
MOST_NAMES = 22


def imported(path: Path) -> set[str]:
    """Return the packages, and modules at the top, that a file imports from."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports are written whole"
            parts = (node.module or "").split(".")
            if parts[0] == "qa":
                one = {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
                # `from qa import __version__`
                names |= {name if name in MAY_IMPORT else "__init__" for name in one}
        if isinstance(node, ast.Import):
            whole = [alias.name.split(".") for alias in node.names]
            names |= {parts[1] for parts in whole if parts[0] == "qa" and len(parts) > 1}
    return names


@pytest.mark.parametrize("path", sorted(QA.rglob("*.py")), ids=lambda p: str(p.relative_to(QA)))
def test_imports_go_one_way(path: Path) -> None:
    own = path.relative_to(QA).parts[0].removesuffix(".py")
    allowed = MAY_IMPORT[own] | {own} | (SHARED if own not in SHARED else set())
    assert imported(path) <= allowed


def test_the_plan_has_no_circle() -> None:
    left = {name: set(allowed) for name, allowed in MAY_IMPORT.items()}
    # The face of the package names the assistant only for type checkers, and when it is asked for.
    left["__init__"] = set()
    while left:
        free = {name for name, allowed in left.items() if not allowed & left.keys()}
        assert free, f"these import each other in a circle: {sorted(left)}"
        left = {name: allowed for name, allowed in left.items() if name not in free}


def test_a_listing_of_the_package_shows_the_plan() -> None:
    names = {path.name for path in QA.iterdir()} - {"__pycache__"}
    assert len(names) <= MOST_NAMES, "put the new module into a package"


def test_the_architecture_page_has_the_same_plan() -> None:
    page = (QA.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = {
        name: (said, {part.strip() for part in allowed.split(",") if part.strip()})
        for name, said, allowed in re.findall(
            r"^\| `(\w+)` \| (.+\.) \|(.*)\|$", page, re.MULTILINE
        )
    }
    assert sorted(rows) == PACKAGES
    for name, (said, allowed) in rows.items():
        assert said == ast.get_docstring(ast.parse((QA / name / "__init__.py").read_text("utf-8")))
        if name in ("web", "evaluation"):
            # In words, since they may import nearly all.
            assert "all packages above" in " ".join(allowed)
        else:
            assert allowed == MAY_IMPORT[name]
    named = re.findall(r"^\| \[`([\w/]+\.py)`\]\(\.\./qa/\1\) \| \S", page, re.MULTILINE)
    modules = {str(path.relative_to(QA)) for path in QA.rglob("*.py")}
    assert sorted(named) == sorted(name for name in modules if not name.endswith("__init__.py"))


@pytest.mark.parametrize("name", PACKAGES)
def test_each_package_says_in_one_sentence_what_it_holds(name: str) -> None:
    said = ast.get_docstring(ast.parse((QA / name / "__init__.py").read_text(encoding="utf-8")))
    assert said is not None
    assert re.fullmatch(r"[^.\n]+\.", said)

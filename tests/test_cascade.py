"""The cascade: the small network reads all hits, the large one the best of them again."""

from collections.abc import Sequence

import pytest

from qa.models.loading import READER, load_calibration, load_large_reader, load_small_reader
from qa.models.span_model import Reading, SpanModel, Text
from qa.reading.reader import AGAIN, SpanReader
from qa.search.question import understand
from qa.settings import Settings
from tests.test_reader import assert_cut_out, hits

# What common code hosts take of one file.
LARGEST = 100 * 1000 * 1000

QUESTION = "Who won the election for mayor of Tolk?"
ANSWER = "Jonas Brandt won the election for mayor of Tolk on Sunday with 54 percent of the vote."
OTHERS = [f"The weather in town {number} was fair, and the shops were open." for number in range(9)]


class Recorder:
    """Stands between the reader and a network, and keeps what that is asked to read."""

    def __init__(self, network: SpanModel) -> None:
        self.network = network
        self.passages: list[str] = []

    def read(self, question: str, texts: Sequence[Text]) -> list[Reading]:
        self.passages += [text.passage for text in texts]
        return self.network.read(question, texts)


@pytest.fixture
def large() -> SpanModel:
    found = load_large_reader(Settings())
    assert found
    return found


def test_the_large_network_reads_the_best_passages_alone(large: SpanModel) -> None:
    small, again = Recorder(load_small_reader(Settings())), Recorder(large)
    reader = SpanReader(small, load_calibration(), again)  # type: ignore[arg-type]
    found = hits(*OTHERS, ANSWER)
    draft = reader.read(understand(QUESTION), found)
    assert small.passages == [*OTHERS, ANSWER]
    assert len(again.passages) == AGAIN
    # The last hit, but the best of them.
    assert again.passages[0] == ANSWER
    assert draft.short == "Jonas Brandt"
    assert {hit.article.id for hit in draft.hits} == {hit.article.id for hit in found}
    assert_cut_out(draft, found)


def test_a_setting_leaves_the_large_network_out() -> None:
    alone = Settings(reader="small")
    assert load_large_reader(alone) is None
    found = hits(*OTHERS, ANSWER)
    draft = SpanReader.load(alone).read(understand(QUESTION), found)
    assert draft.short == "Jonas Brandt"
    both = SpanReader.load(Settings()).read(understand(QUESTION), found)
    assert draft.confidence != both.confidence


def test_no_file_of_weights_is_too_large_to_share() -> None:
    paths = list(READER.glob("*/model*.safetensors"))
    assert {path.parent.name for path in paths} == {"small", "large"}
    assert max(path.stat().st_size for path in paths) < LARGEST

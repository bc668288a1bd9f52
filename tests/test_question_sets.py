"""Question sets: what is read, and what each fault is called."""

import gzip
import json
from pathlib import Path

import pytest

from qa.errors import EvaluationError
from qa.evaluation import Question, load
from qa.evaluation.questions import as_set
from qa.types import Turn
from tests.conftest import CHECKOUT


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_our_own_format(tmp_path: Path) -> None:
    row = {
        "id": 7,
        "question": "And who\u2028opened it?",
        "answers": ["Mara Velk", " "],
        "article": "a.txt",
        "urls": ["b.txt", "a.txt"],
        "quote": "Mara Velk opened it.",
        "date": "2021-06-13",
        "history": [{"role": "user", "text": "What was opened?"}],
        "tags": ["who", "follow-up"],
    }
    line = json.dumps(row, ensure_ascii=False)
    path = tmp_path / "own.jsonl.gz"
    path.write_bytes(gzip.compress(f"\n{line}\n".encode()))
    [question] = load(path).questions
    assert (question.id, question.answers) == ("7", ("Mara Velk",))
    assert question.articles == ("a.txt", "b.txt")
    assert question.history == (Turn("user", "What was opened?"),)
    assert str(question.date) == "2021-06-13"


def test_realtime_qa_leaves_out_what_refers_to_choices(tmp_path: Path) -> None:
    row = {"id": "1", "question": "Who won?", "choices": ["A", "B"], "answer": "A", "urls": ["u"]}
    row |= {"date": "2022-06-17", "evidence": "A has won.", "source": "CNN"}
    other = {**row, "id": "2", "question": "Which of these won?"}
    path = write(tmp_path, "rt.jsonl", f"{json.dumps(row)}\n{json.dumps(other)}\n{json.dumps(row)}")
    found = load(path)
    assert found.left_out == 1
    question, again = found.questions
    assert (question.id, again.id) == ("1", "1-2")
    assert (question.answers, question.articles, question.tags) == (("A",), ("u",), ("CNN",))
    assert question.quote == ""


def test_squad(tmp_path: Path) -> None:
    asked = [
        {"id": "a", "question": " Who? ", "answers": [{"text": "Ann"}, {"text": "Ann"}]},
        {"id": "b", "question": "Why?", "answers": [], "is_impossible": True},
    ]
    data = {"data": [{"title": "T", "paragraphs": [{"context": "Ann.", "qas": asked}]}]}
    first, second = load(write(tmp_path, "squad.json", json.dumps(data))).questions
    assert (first.text, first.answers, first.articles) == ("Who?", ("Ann",), ("T",))
    assert (second.answers, second.unanswerable) == ((), True)


def test_realtimeqa_as_it_is_published(tmp_path: Path) -> None:
    row = {
        "question_id": "20210903_1",
        "question_date": "2021/09/03",
        "question_source": "THE WEEK",
        "question_url": "https://example.org/quiz",
        "question_sentence": "Supplies of which drink are running dry?",
        "choices": ["Tea", "Coffee", "Beer", "Wine"],
        "answer": ["1"],
        "evidence": "Most of it is exported from the port.",
    }
    [question] = load(write(tmp_path, "week.jsonl", json.dumps(row))).questions
    assert (question.id, question.text) == ("20210903_1", row["question_sentence"])
    assert (question.answers, question.tags) == (("Coffee",), ("THE WEEK",))
    assert str(question.date) == "2021-09-03"
    assert question.articles == ()


def test_csv(tmp_path: Path) -> None:
    text = '\ufeffQuestion,Answer,Tags\n"Who, then?",Ann,who; short\nWhy?,,\n'
    first, second = load(write(tmp_path, "q.csv", text)).questions
    assert (first.id, first.text, first.answers) == ("2", "Who, then?", ("Ann",))
    assert first.tags == ("who", "short")
    assert second.answers == ()
    marked = load(write(tmp_path, "m.csv", "question,unanswerable\nWhy?,y\nWho?,no\nWhen?,\n"))
    assert [question.unanswerable for question in marked.questions] == [True, False, False]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("q.jsonl", '{"id": 1, "question": "Who?"}\n{"id": 2,\n', "q.jsonl:2: not JSON"),
        ("q.jsonl", "[1]\n", "q.jsonl:1: not a JSON object"),
        ("q.jsonl", '{"id": 1, "question": ""}', "q.jsonl:1: question: "),
        ("q.jsonl", '{"question": "Who?"}', "q.jsonl:1: id: Field required"),
        ("q.jsonl", '{"id": 1, "question": "W?", "anwsers": []}', "'anwsers' is not a field"),
        (
            "q.jsonl",
            '{"id": 1, "question": "W?", "answers": "A", "unanswerable": true}',
            "q.jsonl:1: unanswerable is true, and yet there are answers",
        ),
        (
            "q.jsonl",
            '{"id": 1, "question": "A?"}\n{"id": 1, "question": "B?"}',
            "q.jsonl:2: the id '1' occurs twice (first at",
        ),
        (
            "q.jsonl",
            '{"question_id": "1", "question_sentence": "W?", "choices": ["A"], "answer": ["1"]}',
            "q.jsonl:1: answer: not the numbers of choices",
        ),
        (
            "q.jsonl",
            '{"question_id": "1", "question_sentence": "W?", "choices": ["A"], "answer": ["-1"]}',
            "q.jsonl:1: answer: not the numbers of choices",
        ),
        ("q.jsonl", "", "holds no question"),
        ("q.json", '{"rows": []}', "not in SQuAD's form"),
        ("q.json", '{\n"data": [', "q.json:2: not JSON"),
        ("q.csv", "id,answer\n1,2\n", "no column named question"),
        ("q.csv", "question,gold\n1,2\n", "'gold' is not a column"),
        ("q.csv", "question,answer\nWho?,Smith, John\n", "q.csv:2: more cells than"),
        ("q.csv", "question,unanswerable\nWho?,x\n", "q.csv:2: unanswerable: "),
        ("q.csv", 'question\n"open', "not CSV"),
        ("q.txt", "Who?", "a question set is one of .jsonl"),
        ("q.jsonl.gz", "not gzip", "cannot read"),
    ],
)
def test_a_fault_is_one_line(name: str, text: str, says: str, tmp_path: Path) -> None:
    path = write(tmp_path, name, text)
    with pytest.raises(EvaluationError) as caught:
        load(path)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_other_faults(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_bytes(b'{"id": 1, "question": "W?"}\n\xff\xfe')
    with pytest.raises(EvaluationError, match=r"q\.jsonl:2: not UTF-8"):
        load(tmp_path / "q.jsonl")
    with pytest.raises(EvaluationError, match="no question set at"):
        load(tmp_path / "none.jsonl")
    for wrong in ([], [Question("1", "A?"), Question("1", "B?")]):
        with pytest.raises(EvaluationError, match="each with an id of its own"):
            as_set(wrong)


def test_the_shipped_set_rests_on_the_corpus() -> None:
    questions = load(CHECKOUT / "corpus/questions.jsonl").questions
    assert len(questions) == 60
    assert sum(question.unanswerable for question in questions) == 15
    for question in questions:
        if not question.unanswerable:
            text = (CHECKOUT / "corpus" / question.articles[0]).read_text(encoding="utf-8")
            assert question.quote in text, question.id
            assert question.answers[0] in question.quote, question.id


def test_nuggets_of_a_question(tmp_path: Path) -> None:
    support = [{"article": "a.txt", "quote": "It opened on Saturday."}]
    nugget = {"fact": "It is open.", "vital": False, "support": support, "keys": ["opened on"]}
    row = {"id": "1", "question": "What of the bridge?", "nuggets": [nugget]}
    path = write(tmp_path, "own.jsonl", json.dumps(row))
    [question] = load(path).questions
    [found] = question.nuggets
    assert (found.fact, found.vital, found.keys) == ("It is open.", False, ("opened on",))
    assert found.support == (("a.txt", "It opened on Saturday."),)
    faults: tuple[dict[str, object], ...] = (
        {"support": [], "keys": []},
        {"keys": [" "]},
        {"support": [{"article": "a"}]},
    )
    for fault in faults:
        write(tmp_path, "own.jsonl", json.dumps({**row, "nuggets": [{**nugget, **fault}]}))
        with pytest.raises(EvaluationError, match=r"own\.jsonl:1"):
            load(path)

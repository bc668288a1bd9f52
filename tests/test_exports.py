"""What leaves qa as a file does nothing where it is opened: no link, no markup, no formula."""

import csv
import html
import json
import re
from collections.abc import Callable
from pathlib import Path

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

from qa.evaluation import load
from qa.library.conversations import FEEDBACK, Exchange
from qa.library.sqlite.conversations import open_conversations
from qa.text.printable import inert
from qa.types import Answer, Citation, Source, Statement
from qa.web.export import markdown

# Each with white space as an export shows it.
HOSTILE = [
    "see http://evil.example/x now",
    "see HTTPS://evil.example now",
    "see ftp://evil.example now",
    "see www.evil.example now",
    "see evil.example/path and evil.com",
    "write to ann@evil.example or to mailto:ann@evil.com",
    "xmpp:ann@evil.com and ann.b-c_d+e@evil.co.uk, @ann, @@ann",
    "<http://evil.example> <ann@evil.com> [a](http://evil.example) [a]: http://evil.example",
    "![x](http://evil.example/x.png) <img src=http://evil.example> <script>alert(1)</script>",
    "[^1]: a note [^1] [x][1]",
    "javascript:alert(1) data:text/html,x",
    "`code` ``a`@`b`` **bold** __b__ ~~gone~~ ==mark== $x$ {{ 7*7 }} {% x %} | a | b |",
    "a \\` b \\@ c `@ d @` e",
    "3.5 percent at 10:30, U.S. figures. The end",
]
# At the beginning of a line.
BEGINNINGS = [
    "# a",
    "1. a",
    "12) a",
    "- a",
    "+ a",
    "* a",
    "> a",
    "---",
    "===",
    "    a",
    ": a",
    "~~~",
]
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://evil.example")',
    "＝1",
    "\t=1",
    "\n=1",
]


def exported(text: str) -> str:
    source = Source("a.txt", text, None, text, "")
    cited = Citation(1, source, 0, len(text), text, "0")
    said = Statement(text, markers=(1,))
    answer = Answer("q", text, "", "answered", 0.9, (cited,), statements=(said,))
    return markdown(text, [Exchange(text, answer), Exchange(text, error=text)])


def by_github(text: str) -> str:
    options = Options.CMARK_OPT_FOOTNOTES | Options.CMARK_OPT_UNSAFE
    return str(cmarkgfm.github_flavored_markdown_to_html(text, options=options))


def by_markdown_it(text: str) -> str:
    return str(MarkdownIt("gfm-like", {"html": True}).render(text))


@pytest.mark.parametrize("render", [by_github, by_markdown_it])
@pytest.mark.parametrize("text", HOSTILE + BEGINNINGS)
def test_no_text_becomes_a_link_or_markup(text: str, render: Callable[[str], str]) -> None:
    shown = render(exported(text))
    links = re.findall(r'href="([^"]*)"', shown)
    assert [link for link in links if not link.startswith("#fn")] == []
    allowed = {"p", "h1", "h2", "code", "sup", "a", "section", "ol", "li"}
    # Only the sign of an address stands as code.
    assert set(re.findall(r"<code>(.*?)</code>", shown)) <= {"@", "@@"}
    assert set(re.findall(r"</?([a-z][a-z0-9]*)", shown)) <= allowed
    # All of it is still there to be read.
    plain = " ".join(html.unescape(re.sub(r"</?[a-z][^>]*>", "", shown)).split())
    assert " ".join(text.split()) in plain


def test_the_address_of_a_source_is_the_only_link() -> None:
    url = "https://news.example/a?b=<c>\x00 d"
    source = Source("a.txt", "Title", None, "", url)
    cited = Citation(1, source, 0, 5, "quote", "0")
    answer = Answer(
        "q", "t", "", "answered", 0.9, (cited,), statements=(Statement("t", markers=(1,)),)
    )
    shown = by_github(markdown("T", [Exchange("q", answer)]))
    links = [link for link in re.findall(r'href="([^"]*)"', shown) if link[0] != "#"]
    assert links == ["https://news.example/a?b=cd"]
    other = Source("a.txt", "Title", None, "", "javascript:alert(1)")
    cited = Citation(1, other, 0, 5, "quote", "0")
    answer = Answer(
        "q", "t", "", "answered", 0.9, (cited,), statements=(Statement("t", markers=(1,)),)
    )
    assert "javascript" not in markdown("T", [Exchange("q", answer)])


@pytest.mark.parametrize("formula", FORMULAS)
def test_feedback_is_no_formula_in_a_spreadsheet(tmp_path: Path, formula: str) -> None:
    asked = f"{formula} a,{formula} b;{formula} c|{formula}"
    source = Source("a.txt", "a", None, "", "")
    cited = Citation(1, source, 0, 1, asked, "0")
    answer = Answer(asked, asked, asked, "answered", 0.9, (cited,), statements=(Statement(asked),))
    with open_conversations(tmp_path) as kept:
        id_ = kept.begin("ann", asked)
        number = kept.add("ann", id_, Exchange(asked, answer))
        kept.rate("ann", id_, number, "down", f"right,{formula}", f"note,{formula}")
    text = (tmp_path / FEEDBACK).read_text(encoding="utf-8")
    for delimiter in ",;\t| ":
        for row in csv.reader(text.splitlines(), delimiter=delimiter):
            assert not [cell for cell in row if cell.lstrip(' "[{:')[:1] in set("=+-@＝＋－＠")]
    [question] = load(tmp_path / FEEDBACK).questions
    assert question.text == asked
    assert question.answers == (f"right,{formula}",)


def test_a_line_of_json_means_the_same_when_it_is_inert() -> None:
    row = {"=a": -1.5, "b": ["-1", "a-b", "x=y", '"=1', "\\=1"], "c": {"d": "＋1"}, "e": 1e-7}
    line = json.dumps(row, ensure_ascii=False)
    assert json.loads(inert(line)) == row
    assert '"a-b"' in inert(line)

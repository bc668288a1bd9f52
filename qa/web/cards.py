"""An exchange → the card that shows it, in the form that its question wants."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

from qa.library.conversations import Exchange
from qa.types import Answer, Citation, Statement
from qa.web.article import link
from qa.web.html import flat, items, marked, safe
from qa.web.plots import values_plot
from qa.web.sources import Named, card

_STOPPED = "Stopped."
# What the script does with an answer: its name there, the words, and the picture.
_ACTIONS = (
    ("copy", "Copy", "M8 8V4h12v12h-4M4 8h12v12H4z"),
    (
        "link",
        "Link",
        "M10 14a4 4 0 0 0 6 0l4-4a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-4 4a4 4 0 0 0 6 6l1-1",
    ),
    ("markdown", "Markdown", "M12 4v11m-4-4 4 4 4-4M4 20h16"),
    ("again", "Ask again", "M20 11a8 8 0 1 0-2 6M20 5v6h-6"),
)
_THUMB = "M7 11v9H4v-9zm0 0 4-8c2 0 3 1 3 3l-1 4h6c1 0 2 1 2 2l-2 7c0 1-1 1-2 1H7"


def exchange_html(exchange: Exchange, name: Named, job: str = "") -> str:
    """Return a question and what was said to it. `job` is the work on it that still goes on.

    `name` says what an article's site is called.
    """
    answer = exchange.answer
    kind = answer.kind if answer else "none"
    if answer:
        inside = answer_html(answer, exchange.near, name) + _actions(exchange)
    elif job:
        inside = working_html()
    else:
        said = exchange.error or _STOPPED
        again = _button("again", "Ask again", _ACTIONS[3][2])
        inside = f'<p class="qa-failed">{safe(said)}</p><div class="qa-actions">{again}</div>'
    pending = f' data-job="{safe(job)}"' if job else ""
    return (
        f'<article class="qa-exchange" data-number="{exchange.number}" data-kind="{kind}"{pending} '
        f'aria-label="Question and answer">{question_html(exchange.question)}'
        f'<div class="qa-card">{inside}</div></article>'
    )


def question_html(question: str) -> str:
    """Return a question as it is shown: what was typed, and a button to change it."""
    edit = _button("edit", "Edit the question", "M4 20h4L19 9l-4-4L4 16z", quiet=True)
    return f'<div class="qa-question"><h2>{safe(question)}</h2>{edit}</div>'


def working_html(stage: str = "Searching …") -> str:
    """Return what stands in an answer's place until there is one."""
    return (
        f'<p class="qa-stage">{safe(stage)}</p>'
        '<div class="qa-skeleton" aria-hidden="true"><i></i><i></i><i></i></div>'
    )


def answer_html(answer: Answer, near: Sequence[Citation], name: Named) -> str:
    """Return an answer: doubt in words, what is said in its form, and its sources as cards."""
    links = {one.marker: one for one in answer.citations}
    searched = f"Searched for: {answer.searched}" if answer.searched else ""
    doubt = " qa-doubt" if answer.doubt != "none" else ""
    notes = (f'<p class="qa-note">{safe(searched)}</p>' if searched else "") + (
        f'<p class="qa-note{doubt}">{safe(answer.note.rstrip(":"))}</p>' if answer.note else ""
    )
    refused = answer.outcome == "refused"
    body = _refusal(answer, near) if refused else _body(answer, links)
    return f'{notes}<div class="qa-said">{body}</div>{_sources(answer, near, name)}'


def _sources(answer: Answer, near: Sequence[Citation], name: Named) -> str:
    refused = answer.outcome == "refused"
    cited = near if refused else answer.citations
    if not cited:
        return ""
    short = "" if answer.kind == "yesno" else answer.short
    rows = (
        card(
            one,
            name(one.article),
            short,
            told=not refused and one.quote in answer.told_whole,
            numbered=not refused,
        )
        for one in cited
    )
    heading = "Nearest articles" if refused else "Sources"
    return f"<h3>{heading}</h3>" + items(rows, "ol", class_="qa-sources" + " qa-near" * refused)


def _refusal(answer: Answer, near: Sequence[Citation]) -> str:
    """Return why there is no answer, the names of the nearest articles links to them."""
    shown = "".join(
        f'<p class="qa-answer qa-refusal">{flat(s.noted)}</p>' for s in answer.statements
    )
    names = {flat(f"“{one.article.label}”"): link(one) for one in reversed(near)}
    if not names:
        return shown
    # In one pass: a name may be part of another.
    either = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.sub(either, lambda m: f'<a class="qa-open" href="{names[m[0]]}">{m[0]}</a>', shown)


def _body(answer: Answer, links: Mapping[int, Citation]) -> str:
    # "No" stands in a quote by chance.
    short = "" if answer.kind == "yesno" else answer.short
    forms = {"list": _list, "compare": _sides, "count": _values}
    form = forms.get(answer.kind, _told)
    return form(answer.statements, short, links)


def _told(statements: Sequence[Statement], short: str, links: Mapping[int, Citation]) -> str:
    """Return statements one below the other, what tells when above each."""
    return "".join(_paragraph(one, short, links) for one in statements)


def _list(statements: Sequence[Statement], short: str, links: Mapping[int, Citation]) -> str:
    """Return the items of a list with their numbers, and what else is said above and below."""
    shown = ""
    for named, group in itertools.groupby(statements, lambda one: one.kind == "words"):
        rows = list(group)
        if named and len(rows) > 1:
            inside = (
                f'<li class="qa-answer"><b>{flat(one.noted)}</b>{_markers(one, links)}</li>'
                for one in rows
            )
            shown += items(inside, "ol", class_="qa-items")
        else:
            shown += _told(rows, short, links)
    return shown


def _sides(statements: Sequence[Statement], short: str, links: Mapping[int, Citation]) -> str:
    """Return what is compared side by side, under the names that the leads give."""
    groups: list[list[Statement]] = []
    for one in statements:
        if not groups or one.lead or one.kind == "phrase":
            groups.append([])
        groups[-1].append(one)
    led = [group for group in groups if group[0].lead]
    before = [one for group in groups if not group[0].lead for one in group]
    columns = "".join(
        f'<section class="qa-side"><h3>{safe(group[0].lead)}</h3>'
        + "".join(_paragraph(one, short, links, lead=False) for one in group)
        + "</section>"
        for group in led
    )
    return f'<div class="qa-sides">{columns}</div>' * bool(led) + _told(before, short, links)


def _values(statements: Sequence[Statement], short: str, links: Mapping[int, Citation]) -> str:
    """Return dated figures as a table, with a line where they are of one kind."""
    figures = [one for one in statements if one.kind == "words" and one.lead]
    others = [one for one in statements if one not in figures]
    if len(figures) < 2:
        return _told(statements, short, links)
    rows = "".join(
        f'<tr><th scope="row">{safe(one.lead)}</th>'
        f'<td class="qa-answer"><b>{flat(one.noted)}</b>{_markers(one, links)}</td></tr>'
        for one in figures
    )
    dated = [
        (links[one.markers[0]].article.date, one.text)
        for one in figures
        if one.markers and one.markers[0] in links
    ]
    table = (
        '<table class="qa-values"><thead><tr><th scope="col">Reported</th>'
        f'<th scope="col">Figure</th></tr></thead><tbody>{rows}</tbody></table>'
    )
    first = [one for one in others if one.kind != "sentence"]
    rest = [one for one in others if one.kind == "sentence"]
    return _told(first, short, links) + values_plot(dated) + table + _told(rest, short, links)


def _paragraph(
    statement: Statement, short: str, links: Mapping[int, Citation], *, lead: bool = True
) -> str:
    said = statement.noted
    shown = marked(said, short) if statement.kind == "sentence" else flat(said)
    when = f'<p class="qa-lead">{safe(statement.lead)}</p>' if statement.lead and lead else ""
    # Few words are the answer itself.
    weight = {"words": " qa-short", "phrase": " qa-phrase"}.get(statement.kind, "")
    return f'{when}<p class="qa-answer{weight}">{shown}{_markers(statement, links)}</p>'


def _markers(statement: Statement, links: Mapping[int, Citation]) -> str:
    opened = "".join(
        f'<a class="qa-open" role="button" href="{link(links[marker])}" '
        f'title="{flat(links[marker].article.title)}">[{marker}]</a>'
        for marker in statement.markers
        if marker in links
    )
    return f" <sup>{opened}</sup>" if opened else ""


def _actions(exchange: Exchange) -> str:
    buttons = "".join(_button(*action) for action in _ACTIONS)
    thumbs = "".join(
        _button(name, words, _THUMB, quiet=True, pressed=exchange.rating == name)
        for name, words in (("up", "Good answer"), ("down", "Bad answer"))
    )
    return f'<div class="qa-actions" role="group" aria-label="This answer">{buttons}{thumbs}</div>'


def _button(
    action: str, words: str, picture: str, *, quiet: bool = False, pressed: bool | None = None
) -> str:
    state = "" if pressed is None else f' aria-pressed="{str(pressed).lower()}"'
    label = f' aria-label="{words}" title="{words}"' if quiet else ""
    shown = "" if quiet else f"<span>{words}</span>"
    return (
        f'<button type="button" class="qa-act" data-act="{action}"{label}{state}>'
        f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{picture}"/></svg>{shown}</button>'
    )


def spoken(answer: Answer) -> Iterator[str]:
    """Yield what a screen reader is told of a new answer: that it is there, and its beginning."""
    yield "No answer." if answer.outcome == "refused" else "Answer:"
    if answer.note:
        yield answer.note
    yield from (one.worded for one in answer.statements[:1])

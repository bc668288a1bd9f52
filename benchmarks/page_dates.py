"""Dates and titles of web pages, made of articles with known days in the shapes of news sites.

A folder has articles as text, each beginning with lines `DATE:` and `TITLE:`; every sixth is taken,
700 at most. Each becomes a page in one shape, with distractors: today's date, teasers, comments,
pictures, a copyright, a change. Printed are the shares of right, wrong and missing dates, of titles
that are identical, and the time beside trafilatura's own.
"""

import argparse
import datetime
import html
import json
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from babel.dates import format_date
from trafilatura import bare_extraction

from qa.ingest.pages import page_parsed

LANGUAGES = "en en en en de fr es it pt nl pl sv cs ru uk el tr hu fi da id ro".split()
SITES = "The Varnsted Post|Tolk Times|Nordblad 24|El Faro|La Gazette|Kurier".split("|")
Shape = Callable[[random.Random, datetime.date, str, str], tuple[str, str]]


def ld(rng: random.Random, day: datetime.date, title: str, language: str) -> tuple[str, str]:
    changed = day + datetime.timedelta(rng.randint(1, 200))
    story: dict[str, object] = {
        "@type": rng.choice(["NewsArticle", "Article", ["NewsArticle", "Article"], "BlogPosting"]),
        "headline": title,
        "dateModified": f"{changed}T09:00:00Z",
        "datePublished": rng.choice(
            [f"{day}T08:15:00+02:00", f"{day}", f"{day:%a, %d %b %Y} 08:00:00 GMT"]
        ),
        "image": {"@type": "ImageObject", "uploadDate": "2012-02-02"},
    }
    teaser = {"@type": "NewsArticle", "headline": "Another", "datePublished": "2013-03-03"}
    several: list[object] = [
        story,
        [story],
        {
            "@graph": [
                {"@type": "WebSite", "name": "x"},
                {"@type": "WebPage", "datePublished": f"{changed}"},
                story,
            ]
        },
        [{"@type": "ItemList", "itemListElement": [teaser]}, story],
        {**story, "comment": [{"@type": "Comment", "dateCreated": "2020-05-05"}]},
    ]
    whole = rng.choice(several)
    kind = rng.choice(["application/ld+json", "application/ld+json; charset=utf-8"])
    return f'<script type="{kind}">{json.dumps(whole)}</script>', ""


def meta(rng: random.Random, day: datetime.date, title: str, language: str) -> tuple[str, str]:
    key, name = rng.choice(
        [
            ("property", "article:published_time"),
            ("name", "article:published_time"),
            ("property", "og:article:published_time"),
            ("name", "pubdate"),
            ("name", "date"),
            ("name", "DC.date.issued"),
            ("name", "dcterms.created"),
            ("name", "parsely-pub-date"),
            ("name", "sailthru.date"),
            ("name", "publish-date"),
            ("name", "cXenseParse:recs:publishtime"),
            ("itemprop", "datePublished"),
            ("name", "publication_date"),
        ]
    )
    value = rng.choice(
        [
            f"{day}T08:15:00Z",
            f"{day}",
            f"{day:%Y/%m/%d}",
            f"{day:%B} {day.day}, {day.year}",
            f"{day:%Y%m%d}",
        ]
    )
    changed = day + datetime.timedelta(rng.randint(1, 200))
    metas = [
        f'<meta property="article:modified_time" content="{changed}T10:00:00Z">',
        f'<meta {key}="{name}" content="{value}">',
        '<meta property="og:image" content="https://x.example/2011/01/01/a.jpg">',
    ]
    rng.shuffle(metas)
    return "".join(metas), ""


def microdata(rng: random.Random, day: datetime.date, title: str, language: str) -> tuple[str, str]:
    tag = rng.choice(["span", "time", "div", "meta"])
    place = rng.choice(["content", "datetime"]) if tag != "meta" else "content"
    return "", f'<{tag} itemprop="datePublished" {place}="{day}T07:00:00Z">{day.day}.</{tag}>'


def clock(rng: random.Random, day: datetime.date, title: str, language: str) -> tuple[str, str]:
    words = format_date(day, "long", locale=language)
    changed = day + datetime.timedelta(rng.randint(1, 200))
    return "", rng.choice(
        [
            f'<time datetime="{day}T08:00">{words}</time>',
            f"<time>{words}</time>",
            f'<p><time datetime="{day}">{words}</time> '
            f'Updated <time datetime="{changed}">x</time></p>',
        ]
    )


def words(rng: random.Random, day: datetime.date, title: str, language: str) -> tuple[str, str]:
    shown = format_date(day, rng.choice(["long", "full", "medium"]), locale=language)
    mark = rng.choice(
        [
            "date",
            "post-date",
            "article__date",
            "published",
            "byline",
            "meta-info",
            "entry-date",
            "timestamp",
        ]
    )
    before = rng.choice(["", "By Ann Lee | ", "Published: "])
    tag = rng.choice(["span", "div", "p"])
    return "", f'<{tag} class="{mark}">{before}{shown}</{tag}>'


def bare(rng: random.Random, day: datetime.date, title: str, language: str) -> tuple[str, str]:
    shown = format_date(day, rng.choice(["long", "full"]), locale=language)
    return "", f"<p>{shown}</p>"


def address(rng: random.Random, day: datetime.date, title: str, language: str) -> tuple[str, str]:
    return f'<link rel="canonical" href="https://x.example/news/{day:%Y/%m/%d}/a-story.html">', ""


SHAPES: dict[str, tuple[Shape, int]] = {
    "JSON-LD": (ld, 30),
    "meta": (meta, 25),
    "microdata": (microdata, 8),
    "time": (clock, 12),
    "marked": (words, 12),
    "bare": (bare, 6),
    "address": (address, 4),
}


def page(
    rng: random.Random, name: str, day: datetime.date, title: str, body: str
) -> tuple[str, str]:
    """Return a page and its language."""
    language = rng.choice(LANGUAGES)
    head, shown = SHAPES[name][0](rng, day, title, language)
    site = rng.choice(SITES)
    mark = rng.choice([" | ", " - ", " — ", " – "])
    safe = html.escape(title)
    paragraphs = "".join(f"<p>{html.escape(p)}</p>" for p in body.split("\n\n"))
    story = rng.choice(["article", "div"])
    today = format_date(datetime.date.today(), "full", locale=language)
    teasers = "".join(
        f'<article class="card"><a href="/{n}"><h3>Other story {n}</h3></a>'
        f'<time datetime="2016-0{n}-11">'
        f"11.{n}.2016</time></article>"
        for n in range(1, 4)
    )
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{safe}{mark}{site}</title>"
        f'<meta property="og:title" content="{safe}{rng.choice(["", mark + site])}">'
        f'<meta property="og:site_name" content="{site}">{head}</head><body>'
        f'<header><div class="today">{today}</div><nav><a href="/">Home</a></nav></header>'
        f"{rng.choice(['', '<aside>' + teasers + '</aside>'])}"
        f"<main><{story}><h1>{safe}</h1>{shown}{paragraphs}</{story}>"
        f'<section class="related">{teasers}</section>'
        f'<div class="comments"><p>Nice.</p><span class="date">2 May 2023</span></div></main>'
        f"<footer>Copyright 1999-2024 {site}</footer></body></html>"
    ), language


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="articles as text files")
    parser.add_argument("-v", "--verbose", action="store_true", help="print what is not right")
    arguments = parser.parse_args()
    rng = random.Random(32)
    names, weights = zip(*((name, weight) for name, (_, weight) in SHAPES.items()), strict=True)
    told: dict[str, Counter[str]] = {name: Counter() for name in names}
    titles, ours, theirs = Counter[bool](), [], []
    for file in sorted(arguments.folder.iterdir())[::6][:700]:
        lines = file.read_text(encoding="utf-8").split("\n")
        fields = dict(line.split(": ", 1) for line in lines[:3] if ": " in line)
        day = datetime.date.fromisoformat(fields["DATE"].strip())
        title = " ".join(fields["TITLE"].split())
        name = rng.choices(names, weights)[0]
        made, language = page(rng, name, day, title, "\n".join(lines[3:]).strip())
        begun = time.perf_counter()
        found = page_parsed(made).fields
        between = time.perf_counter()
        bare_extraction(made, with_metadata=True, include_comments=False)
        ours.append(between - begun)
        theirs.append(time.perf_counter() - between)
        kind = "none" if found["date"] is None else "right" if found["date"] == day else "wrong"
        told[name][kind] += 1
        titles[found["title"] == title] += 1
        if arguments.verbose and found["title"] != title:
            print(repr(title), repr(found["title"]))
        if arguments.verbose and kind != "right":
            print(name, language, kind, day, found["date"], file.name)
    whole = sum(told.values(), Counter())
    if not whole:
        parser.error(f"{arguments.folder} holds no file")
    for name, counts in {**told, "all": whole}.items():
        if not (total := counts.total()):
            continue
        shares = ", ".join(
            f"{kind} {counts[kind] / total:.3f}" for kind in ("right", "wrong", "none")
        )
        print(f"{name:10} {total:4} pages: {shares}")
    print(f"titles identical: {titles[True] / titles.total():.3f}")
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"median {1000 * statistics.median(ours):.1f} ms, {ratio:.2f} of trafilatura's")


if __name__ == "__main__":
    main()

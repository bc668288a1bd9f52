"""Files of every format that qa reads, made by program: each holds the same article."""

import bz2
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from email.message import EmailMessage

import pyarrow
import pyarrow.parquet
import zstandard
from docx import Document

TITLE = "Tolk votes for a new bridge"
DATE = "2021-05-04"
AUTHOR = "Ann Lee"
URL = "https://tolk.example/bridge"
FIRST = (
    "The council of Tolk met on Monday and voted for a new bridge across the river Ahn, "
    "the clerk said in a statement."
)
SECOND = "Work begins in May & ends in June of next year, Mayor Petra Sonn told reporters."
ROW = {
    "title": TITLE,
    "date": DATE,
    "authors": [AUTHOR],
    "url": URL,
    "text": f"{FIRST}\n\n{SECOND}",
}
PARAGRAPHS = f"<p>{FIRST}</p><p>{SECOND.replace('&', '&amp;')}</p>"
PAGE = (
    f'<html lang="en"><head><title>{TITLE}</title><link rel="canonical" href="{URL}">'
    f'<meta property="article:published_time" content="{DATE}T10:00:00Z">'
    f'<meta name="author" content="{AUTHOR}"></head>'
    f"<body><article><h1>{TITLE}</h1>{PARAGRAPHS}</article></body></html>"
)


def pdf(
    pages: list[list[tuple[float, float, float, str]]], title: str = "", made: str = ""
) -> bytes:
    """Return a PDF; each page has lines as (left, baseline, size, text)."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    info = f"<< /Title ({title}) /CreationDate (D:{made}) >>" if title or made else "<< >>"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, lines in enumerate(pages):
        content = "\n".join(
            f"BT /F1 {size} Tf {left} {base} Td ({text}) Tj ET" for left, base, size, text in lines
        )
        objects += [
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            f"/Contents {5 + 2 * number} 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        ]
    objects.append(info)
    out, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{one}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {size} /Root 1 0 R /Info {size - 1} 0 R >>\n"
        f"startxref\n{len(out)}\n%%EOF"
    )
    return out + end.encode()


def _wrapped(
    text: str, left: float, top: float, width: int
) -> list[tuple[float, float, float, str]]:
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return [(left, top - 13 * n, 11, text) for n, text in enumerate([*lines, line])]


def simple_pdf() -> bytes:
    lines = [(50.0, 780.0, 20.0, TITLE), (50.0, 755.0, 11.0, "4 May 2021")]
    lines += _wrapped(FIRST, 50, 720, 80) + _wrapped(SECOND, 50, 670, 80)
    return pdf([lines])


def docx() -> bytes:
    file = Document()
    file.core_properties.title = TITLE
    file.core_properties.author = AUTHOR
    for text in (TITLE, "4 May 2021", FIRST, SECOND):
        file.add_paragraph(text)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def zipped(files: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return out.getvalue()


def odt() -> bytes:
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    body = "".join(
        f"<t:p>{one}</t:p>"
        for one in (TITLE, FIRST.replace("new ", "new<t:s/>"), SECOND.replace("&", "&amp;"))
    )
    content = f'<o:d xmlns:o="{office}" xmlns:t="{text}"><o:body>{body}</o:body></o:d>'
    meta = (
        '<m xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:x="urn:oasis:names:tc:opendocument:xmlns:meta:1.0">'
        f"<dc:title>{TITLE}</dc:title><x:initial-creator>{AUTHOR}</x:initial-creator>"
        f"<x:creation-date>{DATE}T10:00:00</x:creation-date></m>"
    )
    return zipped({"content.xml": content, "meta.xml": meta})


def rtf() -> str:
    return (
        r"{\rtf1\ansi{\info{\title " + TITLE + r"}{\author " + AUTHOR + r"}"
        r"{\creatim\yr2021\mo5\dy4\hr10}}"
        + "".join(f"{one}\\par\n" for one in (TITLE, FIRST, SECOND))
        + "}"
    )


def epub(chapters: int = 1) -> bytes:
    pages = {
        f"OEBPS/c{n}.xhtml": f"<?xml version='1.0' encoding='utf-8'?><html><head><title>x</title>"
        f"</head><body><h1>{TITLE} {n if chapters > 1 else ''}</h1>{PARAGRAPHS}</body></html>"
        for n in range(chapters)
    }
    items = "".join(f'<item id="c{n}" href="c{n}.xhtml"/>' for n in range(chapters))
    refs = "".join(f'<itemref idref="c{n}"/>' for n in range(chapters))
    book = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata><dc:title>{TITLE}</dc:title><dc:creator>{AUTHOR}</dc:creator>"
        f"<dc:date>{DATE}</dc:date></metadata><manifest>{items}</manifest><spine>{refs}</spine>"
        "</package>"
    )
    box = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    )
    return zipped({"META-INF/container.xml": box, "OEBPS/book.opf": book, **pages})


def mail() -> bytes:
    message = EmailMessage()
    message["From"] = f"{AUTHOR} <ann@tolk.example>"
    message["Subject"] = TITLE
    message["Date"] = "Tue, 04 May 2021 10:00:00 +0200"
    message.set_content("See the page.")
    message.add_alternative(f"<html><body>{PARAGRAPHS}</body></html>", subtype="html")
    return message.as_bytes()


def mbox() -> bytes:
    second = mail().replace(TITLE.encode(), b"Another story", 1)
    return b"From a Tue May  4\n" + mail() + b"\n\nFrom b Tue May  4\n" + second + b"\n"


def mhtml() -> bytes:
    message = EmailMessage()
    message["Snapshot-Content-Location"] = URL
    message["Subject"] = TITLE
    message.set_content(PAGE.replace('<link rel="canonical"', "<link"), subtype="html")
    return message.as_bytes()


def rss() -> str:
    return (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>Tolk Times</title><item>'
        f"<title>{TITLE}</title><link>{URL}</link><author>{AUTHOR}</author>"
        "<pubDate>Tue, 04 May 2021 23:00:00 -0500</pubDate>"
        f"<description><![CDATA[{PARAGRAPHS}]]></description></item></channel></rss>"
    )


def atom() -> str:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Tolk Times</title><entry>'
        f'<title>{TITLE}</title><link href="{URL}"/><author><name>{AUTHOR}</name></author>'
        f"<published>{DATE}T10:00:00Z</published><updated>2022-01-01T00:00:00Z</updated>"
        f'<content type="html"><![CDATA[{PARAGRAPHS}]]></content></entry></feed>'
    )


def newsml() -> str:
    return (
        '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/"><itemMeta>'
        "<versionCreated>2022-01-01T00:00:00Z</versionCreated></itemMeta><contentMeta>"
        f"<contentCreated>{DATE}T10:00:00Z</contentCreated><by>{AUTHOR}</by>"
        f"<headline>{TITLE}</headline></contentMeta><contentSet><inlineXML>"
        f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>{PARAGRAPHS}'
        "</body></html></inlineXML></contentSet></newsItem>"
    )


def nitf() -> str:
    return (
        '<nitf><head><title>x</title><docdata><date.issue norm="20210504T100000Z"/></docdata>'
        "</head>"
        f"<body><body.head><hedline><hl1>{TITLE}</hl1></hedline>"
        f"<byline>By <person>{AUTHOR}</person></byline>"
        "<dateline><location>TOLK</location></dateline></body.head>"
        f"<body.content>{PARAGRAPHS}</body.content></body></nitf>"
    )


def ninjs() -> str:
    row = {
        "uri": URL,
        "type": "text",
        "headline": TITLE,
        "byline": f"By {AUTHOR}",
        "firstcreated": f"{DATE}T10:00:00Z",
        "versioncreated": "2022-01-01T00:00:00Z",
        "body_xhtml": PARAGRAPHS,
    }
    return json.dumps(row)


def warc() -> bytes:
    records = [("image/png", b"\x89PNG", URL + ".png"), ("text/html", PAGE.encode(), URL)]
    out = b""
    for kind, data, url in records:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n\r\n"
        block = head.encode() + data
        out += (
            (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
                "WARC-Date: 2022-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
                "Content-Type: application/http; msgtype=response\r\n"
                f"Content-Length: {len(block)}\r\n\r\n"
            ).encode()
            + block
            + b"\r\n\r\n"
        )
    return out


def parquet() -> bytes:
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([ROW]), out)
    return out.getvalue()


def table(mark: str) -> str:
    head = mark.join(("title", "Date", "author", "link", "content"))
    return f"{head}\n" + mark.join((TITLE, DATE, AUTHOR, URL, f'"{ROW["text"]}"')) + "\n"


def tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as file:
        for name, data in (("a/page.html", PAGE.encode()), ("b.jpg", b"x")):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            file.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def plain() -> str:
    head = f"Title: {TITLE}\nDate: May 4, 2021\nBy: {AUTHOR}\nURL: {URL}"
    return f"{head}\n\n{FIRST}\n\n{SECOND}"


def markdown() -> str:
    front = f"---\ndate: {DATE}\nauthor: {AUTHOR}\nlink: {URL}\n---\n"
    return f"{front}{TITLE}\n=====\n\n{FIRST}\n\n{SECOND}\n"


LINE = json.dumps(ROW)
MADE: dict[str, Callable[[], bytes | str]] = {
    "a.txt": lambda: (
        f"Title: {TITLE}\nDate: May 4, 2021\nBy: {AUTHOR}\nURL: {URL}\n\n{FIRST}\n\n{SECOND}"
    ),
    "a.md": markdown,
    "a.markdown": markdown,
    "a.html": lambda: PAGE,
    "a.xhtml": lambda: f'<?xml version="1.0" encoding="utf-8"?>{PAGE}',
    "a.json": lambda: json.dumps({"response": {"results": [{"fields": ROW}]}}),
    "a.ndjson": lambda: LINE,
    "a.jsonl.bz2": lambda: bz2.compress(LINE.encode()),
    "a.jsonl.xz": lambda: lzma.compress(LINE.encode()),
    "a.jsonl.zst": lambda: zstandard.ZstdCompressor().compress(LINE.encode()),
    "ninjs.json": ninjs,
    "a.csv": lambda: table(","),
    "semicolons.csv": lambda: table(";"),
    "a.tsv": lambda: table("\t"),
    "a.parquet": parquet,
    "a.pdf": simple_pdf,
    "a.docx": docx,
    "a.odt": odt,
    "a.rtf": rtf,
    "a.epub": epub,
    "a.eml": mail,
    "a.mhtml": mhtml,
    "a.rss": rss,
    "a.atom": atom,
    "rss.xml": rss,
    "newsml.xml": newsml,
    "nitf.xml": nitf,
    "a.warc": warc,
    "a.wacz": lambda: zipped({"archive/data.warc": warc(), "pages/pages.jsonl": "{}"}),
    "a.zip": lambda: zipped({"x/a.jsonl": LINE, "x/b.jpg": "x"}),
    "a.tar.gz": tar,
}

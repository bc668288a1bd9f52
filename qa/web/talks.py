"""A person's conversations → the list of them, grouped by the day on which they changed."""

import datetime
import itertools
from collections.abc import Sequence

from qa.library.conversations import Conversation
from qa.web.html import safe

_WEEK, _MONTH = 7, 30
_MENU = (
    '<button type="button" class="qa-icon" data-act="menu" aria-haspopup="true" '
    'aria-expanded="false" aria-label="Menu of “{0}”"><svg viewBox="0 0 24 24" aria-hidden="true">'
    '<circle cx="5" cy="12" r="2"/><circle cx="12" cy="12" r="2"/><circle cx="19" cy="12" r="2"/>'
    "</svg></button>"
)


def talks_html(conversations: Sequence[Conversation], today: datetime.date) -> str:
    """Return the list: a heading for each group of days, and under it a line for each of them.

    `conversations` stand in order, the one that changed last first.
    """
    groups = itertools.groupby(conversations, lambda one: _when(one, today))
    return "".join(f"<h3>{name}</h3><ul>{''.join(map(_row, group))}</ul>" for name, group in groups)


def _row(one: Conversation) -> str:
    title = safe(one.title)
    return (
        f'<li data-talk="{safe(one.id)}">'
        f'<a href="./#talk-{safe(one.id)}" title="{title}">{title}</a>{_MENU.format(title)}</li>'
    )


def _when(one: Conversation, today: datetime.date) -> str:
    try:
        changed = datetime.datetime.fromisoformat(one.changed).astimezone().date()
    except ValueError:
        return "Earlier"
    days = (today - changed).days
    if days < 2:
        return ("Today", "Yesterday")[max(0, days)]
    if days < _WEEK:
        return "Last seven days"
    return "Last thirty days" if days < _MONTH else f"{changed:%B %Y}"

"""The conversations, in the same database as the catalogue."""

from qa.errors import ConversationError, LibraryError
from qa.library.conversations import Conversations
from qa.library.postgres import schema
from qa.library.postgres.database import PostgresDatabase, connect


def open_conversations(url: str) -> Conversations:
    """Open the conversations of all people, or begin them.

    Raises `ConversationError` if the server does not answer, or a newer qa wrote them.
    """
    try:
        with connect(url) as connection:
            schema.migrate(connection)
        return Conversations(PostgresDatabase(url))
    except LibraryError as error:
        raise ConversationError(str(error)) from None

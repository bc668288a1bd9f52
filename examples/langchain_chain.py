"""Puts qa's retriever into a LangChain chain of your own, with a prompt and a model of your own.

Run `qa ingest corpus --library .library` before, and then
`QA_LIBRARY=.library python examples/langchain_chain.py "When did the Toyosu market open?"`.
The program prints the prompt with the passages that qa found.

With a chat model in `MODEL`, such as `MODEL=openai:gpt-5-mini`, the program prints that model's
reply. The reply is not checked here: only qa's own chain, `Assistant.chain`, checks each sentence.
"""

import os
import sys

from langchain.chat_models import init_chat_model
from langchain_core.documents import Document
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import Runnable, RunnableLambda, RunnablePassthrough

from qa import Assistant, QAError, Settings

QUESTION = "When did the Toyosu market open?"
PROMPT = ChatPromptTemplate.from_template(
    "Answer in one sentence, from these passages only, and name the article.\n\n"
    "{passages}\n\nQuestion: {question}"
)


def numbered(documents: list[Document]) -> str:
    """Return passages as a model is to read them, each with its article and day."""
    return "\n\n".join(
        f"[{number}] {one.metadata['title']} ({one.metadata['date']})\n{one.page_content}"
        for number, one in enumerate(documents, start=1)
    )


def chain(retriever: Runnable[str, list[Document]], model: str) -> Runnable[str, str]:
    """Return a chain from a question to a model's reply, or to the prompt if there is no model."""
    passages = retriever | RunnableLambda(numbered)
    prompt = {"passages": passages, "question": RunnablePassthrough()} | PROMPT
    if model:
        return prompt | init_chat_model(model) | StrOutputParser()
    return prompt | RunnableLambda(lambda value: value.to_string())


def main() -> None:
    """Run the chain on the question of the command line, or the one above."""
    question = " ".join(sys.argv[1:]) or QUESTION
    try:
        with Assistant.load(Settings.from_environment()) as assistant:
            print(chain(assistant.retriever, os.environ.get("MODEL", "")).invoke(question))
    except QAError as error:
        sys.exit(f"langchain_chain: {error}")


if __name__ == "__main__":
    main()

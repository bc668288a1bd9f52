"""A question and an answer → one statement for the entailment network."""

_QUESTION_CHARS = 350


def hypothesis(question: str, answer: str) -> str:
    """Return the question followed by its answer, as the network has learned to read them.

    Such as "When was the treaty signed? In 1855." The word order of English questions differs too
    much from that of statements for rules to make one sentence of the two.
    """
    # The end of a long question asks; its beginning sets the scene.
    asked = question.strip()[-_QUESTION_CHARS:]
    if asked[-1:] not in "?.!":
        asked += "?"
    said = answer.strip()
    return f"{asked} {said[:1].upper()}{said[1:]}{'' if said[-1:] in '.!?' else '.'}"

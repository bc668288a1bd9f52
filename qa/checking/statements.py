"""A question and an answer → what the entailment network reads as one statement."""

_QUESTION_CHARS = 350


def hypothesis(question: str, answer: str) -> str:
    """Return the question and its answer, one after the other: the network has learned to read so.

    "When was the treaty signed? In 1855." English questions turn round too much for rules to make
    one sentence of the two.
    """
    # A long question's end asks; what stands before sets the scene.
    asked = question.strip()[-_QUESTION_CHARS:]
    if asked[-1:] not in "?.!":
        asked += "?"
    said = answer.strip()
    return f"{asked} {said[:1].upper()}{said[1:]}{'' if said[-1:] in '.!?' else '.'}"

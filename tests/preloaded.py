"""What a process of `tests.processes` has imported before it begins; no network is loaded by it."""

from qa.models.device import stay_offline

# The hub's client reads what this sets when it is imported.
stay_offline()

import gradio  # noqa: E402, F401
import sentence_transformers  # noqa: E402, F401
from transformers import MPNetModel  # noqa: E402, F401

import qa.assistant  # noqa: E402
import qa.cli.commands  # noqa: E402
import qa.cli.terminal  # noqa: E402
import qa.library.opening  # noqa: E402
import qa.web.page  # noqa: E402, F401

"""`python -m qa.cli` is the command `qa`."""

import sys

from qa.cli.commands import main

sys.exit(main())

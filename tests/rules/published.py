"""Write the digests of the library into test_library.py: `python -m tests.rules.published`, before a first release.

After a release this is never run again for a version that is out: a new version adds its own line by hand.
"""

from __future__ import annotations

import re
from pathlib import Path

from backend.kernel.canonical import canonical_digest
from backend.sectors import service as sectors

TEST = Path(__file__).parent / "test_library.py"
PLACE = re.compile(r"(# PUBLISHED-BEGIN[^\n]*\n).*?(# PUBLISHED-END\n)", re.DOTALL)


def main() -> None:
    """Put one line for each module of the library between the two marks."""
    lines = "".join(
        f'    "{reference}": "{canonical_digest(module.source)}",\n'
        for reference, module in sorted(sectors.library().items())
    )
    table = f"PUBLISHED: dict[str, str] = {{\n{lines}}}\n"
    text, places = PLACE.subn(lambda found: found[1] + table + found[2], TEST.read_text())
    assert places == 1, f"{TEST} has lost its marks"
    TEST.write_text(text)


if __name__ == "__main__":
    main()

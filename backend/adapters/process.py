"""Processes that end with the one that started them, so that a killed supervisor leaves nothing behind.

An orphan that lived on would hold the port, and the product could not come back. Ending hard is safe: nothing
acknowledged lives in a process, only in committed transactions and in finished objects.
"""

from __future__ import annotations

import os
import signal
import threading
import time

CHECK_SECONDS = 0.5
GRACE_SECONDS = 3.0


def stop_with_parent(parent: int) -> None:
    """Send this process SIGTERM once `parent` is not its parent any more, and SIGKILL where that is not enough.

    `parent` was written down by the parent itself: one that died before this is called is noticed too.
    """
    threading.Thread(target=_watch, args=(parent,), daemon=True, name="parent watch").start()


def _watch(expected: int) -> None:
    while os.getppid() == expected:
        time.sleep(CHECK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)

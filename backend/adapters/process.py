"""Processes that end with the one that started them, so that a killed supervisor leaves nothing behind."""

from __future__ import annotations

import os
import signal
import threading
import time

CHECK_SECONDS = 0.5


def stop_with_parent(parent: int | None = None) -> None:
    """Send this process SIGTERM once its parent (`parent`, else the present one) is gone."""
    expected = os.getppid() if parent is None else parent
    threading.Thread(target=_watch, args=(expected,), daemon=True, name="parent watch").start()


def _watch(expected: int) -> None:
    while os.getppid() == expected:
        time.sleep(CHECK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)

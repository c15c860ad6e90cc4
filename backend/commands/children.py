"""The processes that serve, and how they come back: one that ends is started again, the more slowly the more often."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterable, Sequence

STOP_SECONDS = 15
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0
RECENT_SECONDS = 60.0


class Child:
    """One process, by the module that it runs. Whoever owns it calls `revive` again and again."""

    def __init__(self, name: str, command: Sequence[str], environment: dict[str, str]) -> None:
        self._name = name
        self._command = [sys.executable, "-m", *command]
        self._environment = environment
        self._ends: list[float] = []
        self._is_down = False
        self._start()

    def _start(self) -> None:
        # Its own session: Ctrl-C reaches the supervisor alone, which then stops its children in order.
        self.process = subprocess.Popen(self._command, env=self._environment, start_new_session=True)
        self._is_down = False

    def revive(self) -> int:
        """Start the process again once it has ended and paused. Return its exit code when it has failed just now."""
        code, now = self.process.poll(), time.monotonic()
        if code is None:
            return 0
        if self._is_down:
            if now - self._ends[-1] >= self._pause_seconds():
                self._start()
            return 0
        self._is_down = True
        self._ends = [at for at in self._ends if now - at < RECENT_SECONDS] + [now]
        how = f"stopped with exit code {code}; see the lines above" if code >= 0 else "was killed"
        print(f"The {self._name} process {how}. It is started again.", file=sys.stderr)
        return max(0, code)

    def _pause_seconds(self) -> float:
        return min(FIRST_PAUSE_SECONDS * 2.0 ** (len(self._ends) - 1), LONGEST_PAUSE_SECONDS)


def stop_all(children: Iterable[Child]) -> None:
    """Ask all to stop, and kill what does not within STOP_SECONDS."""
    running = [child.process for child in children if child.process.poll() is None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

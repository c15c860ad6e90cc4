"""Pure words and values that every package shares: no clock, no random, no I/O."""

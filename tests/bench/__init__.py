"""Figures, each against a named peer that runs in the same minute on the same machine: `make bench`.

Nothing here asserts a time, and pytest collects none of it. docs/benchmarks.md says what each figure means.
"""

"""All figures, or those of the groups named: `python -m evals.bench start`."""

import sys
from importlib import import_module

GROUPS = ("start", "drafting", "pdf", "scans", "sheets", "reading", "growth", "policy", "gate")

if __name__ == "__main__":
    for group in sys.argv[1:] or GROUPS:
        import_module(f"evals.bench.{group}").main()

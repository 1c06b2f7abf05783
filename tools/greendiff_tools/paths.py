"""Where things lie."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"
GREENDIFF = ROOT / ".build/release/greendiff"
BENCH = ROOT / ".build/release/bench"

"""What deploy/ and docs/operations.md say, tried as far as it can be without Docker or root."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"

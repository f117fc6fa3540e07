"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path | None, typer.Option("--data", help="data folder (default: nearest .banjie)")]
Port = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="HTTP port (8311)")]
Json = Annotated[bool, typer.Option("--json", help="for machines")]
Office = Annotated[str | None, typer.Option("--office", help="code of the office, as in data/offices.yaml")]

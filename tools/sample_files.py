"""The sample files beside `libs/casework/samples`, one for each event."""

import json
from pathlib import Path

from pydantic_core import to_jsonable_python

from libs.casework.samples import FOLDER, sample_document, samples


def sample_files() -> dict[Path, str]:
    """`<event>.json` with its content, for every event."""
    return {FOLDER / f"{name}.json": _text(sample_document(sealed)) for name, sealed in samples().items()}


def _text(document: dict[str, object]) -> str:
    return json.dumps(to_jsonable_python(document), ensure_ascii=False, indent=2) + "\n"

"""Photos from outside are never kept as they came: decoded within limits and written again as plain JPEG.

So nothing survives that is not a picture: no place, device or owner in the metadata, no script, no second file behind it.
"""

import io
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 20_000_000
MAX_SIDE = 4096
FORMATS: Final = ("JPEG", "PNG", "WEBP")
MEDIA_TYPE = "image/jpeg"
THUMBNAIL_SIDE = 320
_QUALITY, _THUMBNAIL_QUALITY = 85, 75
# Our own limit is far lower and is an answer; Pillow's warning would only be noise in the log.
warnings.simplefilter("ignore", Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class NotAPicture:
    """Why the bytes were not taken; `too_large` when it is a matter of size."""

    detail: str
    too_large: bool = False


def reencoded(data: bytes) -> bytes | NotAPicture:
    """The picture in `data` as JPEG, upright, at most 4,096 px a side, without metadata. Takes up to a second: use a thread."""
    if len(data) > MAX_BYTES:
        return NotAPicture(f"{len(data)} bytes; allowed are {MAX_BYTES}", too_large=True)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            return _written_again(image)
    except Image.DecompressionBombError:
        return _too_many_pixels()
    except Exception:
        # Decoders fail on hostile bytes in every way there is; all of them mean the same.
        return NotAPicture(f"not a picture that can be read; allowed are {', '.join(FORMATS)}")


def thumbnail(jpeg: bytes) -> bytes:
    """A JPEG that `reencoded` has written, at most 320 px a side. Takes some milliseconds: use a thread."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        image.draft("RGB", (2 * THUMBNAIL_SIDE, 2 * THUMBNAIL_SIDE))
        small = image.convert("RGB")
        small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        written = io.BytesIO()
        small.save(written, "JPEG", quality=_THUMBNAIL_QUALITY)
        return written.getvalue()


def _written_again(image: Image.Image) -> bytes | NotAPicture:
    # A JPEG is decoded at a fraction of its size where that is enough: a phone's 50 megapixels are welcome.
    image.draft("RGB", (MAX_SIDE, MAX_SIDE))
    if image.width * image.height > MAX_PIXELS:
        return _too_many_pixels()
    upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    written = io.BytesIO()
    bare.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()


def _too_many_pixels() -> NotAPicture:
    return NotAPicture(f"more than {MAX_PIXELS} pixels", too_large=True)

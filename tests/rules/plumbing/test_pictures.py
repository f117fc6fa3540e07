"""Photos from outside: kept as pictures and as nothing else."""

import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from libs.plumbing.pictures import MAX_BYTES, MAX_SIDE, THUMBNAIL_SIDE, NotAPicture, reencoded, thumbnail


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **more: Any) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, 128 if mode in {"L", "P"} else (200, 30, 30) if mode == "RGB" else None).save(
        written, kind, **more
    )
    return written.getvalue()


def taken(data: bytes) -> Image.Image:
    again = reencoded(data)
    assert isinstance(again, bytes), again
    return Image.open(io.BytesIO(again))


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB"), ("JPEG", "L")]
)
def test_usual_pictures_become_jpeg(kind: str, mode: str) -> None:
    image = taken(a_picture(kind, mode=mode))
    assert (image.format, image.size) == ("JPEG", (60, 40))


def test_no_metadata_survives() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Phone of Wang"
    exif.get_ifd(0x8825)[1] = "N"
    data = a_picture(exif=exif.tobytes(), comment=b"my home") + b"<script>alert(1)</script>"
    image = taken(data)
    assert not image.getexif()
    assert "comment" not in image.info
    again = reencoded(data)
    assert isinstance(again, bytes)
    assert not any(word in again for word in (b"Wang", b"my home", b"script"))


def test_a_picture_held_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert taken(a_picture(exif=exif.tobytes())).size == (40, 60)


def test_a_large_picture_is_made_smaller() -> None:
    assert max(taken(a_picture(size=(6000, 3000))).size) <= MAX_SIDE


def test_a_picture_that_unpacks_into_too_much_is_refused_before_it_is_unpacked() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
    refused = reencoded(bomb)
    assert isinstance(refused, NotAPicture)
    assert refused.too_large
    thirty = reencoded(a_picture("PNG", (6000, 5000)))
    assert isinstance(thirty, NotAPicture)


def test_too_many_bytes_are_refused() -> None:
    refused = reencoded(bytes(MAX_BYTES + 1))
    assert isinstance(refused, NotAPicture)
    assert refused.too_large


@pytest.mark.parametrize(
    "hostile",
    [b"", b"GIF89a", b"<svg onload=alert(1)>", b"%PDF-1.7", b"\xff\xd8\xff", a_picture()[:200], bytes(1000)],
)
def test_what_is_no_picture_is_refused(hostile: bytes) -> None:
    refused = reencoded(hostile)
    assert isinstance(refused, NotAPicture)
    assert not refused.too_large


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 500))
def test_damage_is_an_answer_and_never_an_error(damage: bytes, place: int) -> None:
    data = a_picture("PNG")
    assert isinstance(reencoded(data[:place] + damage + data[place + len(damage) :]), bytes | NotAPicture)


@pytest.mark.parametrize("size", [(4000, 3000), (300, 4000), (4096, 1), (1, 1)])
def test_a_thumbnail_is_small_and_as_bare_as_its_photo(size: tuple[int, int]) -> None:
    again = reencoded(a_picture(size=size))
    assert isinstance(again, bytes)
    small = Image.open(io.BytesIO(thumbnail(again)))
    assert (small.format, max(small.size) <= THUMBNAIL_SIDE, min(small.size) >= 1) == ("JPEG", True, True)
    assert not small.getexif()


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_that_was_cut_off_on_its_way_is_refused(kind: str, kept: float) -> None:
    whole = noise(kind)
    assert isinstance(reencoded(whole[: int(len(whole) * kept)]), NotAPicture)


def noise(kind: str) -> bytes:
    written = io.BytesIO()
    Image.effect_noise((200, 150), 90).convert("RGB").save(written, kind)
    return written.getvalue()

"""What stands in the way of the embedded servers, and what to do about it."""

from pathlib import Path

import pytest

from libs.plumbing.embedded import doctor
from libs.plumbing.embedded.doctor import Finding
from libs.plumbing.embedded.errors import EmbeddedError


@pytest.mark.parametrize(
    ("finding", "word"),
    [
        (doctor.check_glibc(("glibc", "2.31")), "2.34"),
        (doctor.check_glibc(("", "")), "2.34"),
        (doctor.check_architecture("Linux", "aarch64"), "x86_64"),
        (doctor.check_architecture("Darwin", "x86_64"), "Linux"),
        (doctor.check_avx(frozenset({"sse2"})), "AVX"),
        (doctor.check_python((3, 10)), "3.11"),
        (doctor.check_pip(False), "ensurepip"),
        (doctor.check_disk(1 << 20), "1 GiB"),
        (doctor.check_library("libnobodyhasthis.so.9", "apt install it"), "apt"),
    ],
    ids=lambda value: value.name if isinstance(value, Finding) else value,
)
def test_a_missing_thing_is_named_with_its_remedy(finding: Finding, word: str) -> None:
    assert not finding.ok
    assert finding.detail_en
    assert finding.detail_zh
    assert word in finding.remedy
    assert "\n" not in finding.remedy


@pytest.mark.parametrize(
    "finding",
    [
        doctor.check_glibc(("glibc", "2.34")),
        doctor.check_glibc(("glibc", "2.41")),
        doctor.check_architecture("Linux", "x86_64"),
        doctor.check_avx(frozenset({"avx", "sse2"})),
        doctor.check_avx(None),
        doctor.check_python((3, 13)),
        doctor.check_disk(10 << 30),
    ],
    ids=lambda finding: f"{finding.name} {finding.detail_en}",
)
def test_what_is_there_needs_no_remedy(finding: Finding) -> None:
    assert finding.ok
    assert finding.remedy == ""


def test_the_first_thing_in_the_way_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    missing = Finding(
        "libcurl.so.4", False, "libcurl.so.4 is missing", "缺少 libcurl.so.4", "apt install libcurl4"
    )
    monkeypatch.setattr(doctor, "examine", lambda folder: [missing])
    with pytest.raises(
        EmbeddedError, match=r"libcurl.so.4 is missing \(缺少 libcurl.so.4\): apt install libcurl4"
    ):
        doctor.require_machine(tmp_path)


def test_each_port_asked_about_is_a_finding(tmp_path: Path) -> None:
    assert {"port 1", "port 2"} <= {finding.name for finding in doctor.examine(tmp_path, ports=(1, 2))}

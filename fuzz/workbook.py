"""Any bytes at all through the guard and the parser: an answer comes out, and no exception.

Needs atheris, which the tests do not (it has wheels for Linux only): `.venv/bin/pip install atheris`, and then
`python -m fuzz.workbook [-max_total_time=60] [folder of finds]`. What the subprocess would add, its limits and its end,
is left out on purpose: here a mistake shall be seen.
"""

from __future__ import annotations

import io
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["kpi.workbook", "xlrd"]):
    import xlwt

    from kpi import vi
    from kpi.workbook import wire
    from kpi.workbook.loading import load_here
    from tests.bare_books import cells, one, parts, zipped

PARTS = (
    "xl/worksheets/sheet0.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
    "_rels/.rels",
)


# The sound .xls is longer than what libFuzzer would try by itself.
LONGEST = 65_536


def read(content: bytes) -> None:
    """What the subprocess does, to the last byte of its answer."""
    answer = load_here("a.xlsx", content)
    if wire.unpacked(wire.packed(answer)) != answer:
        raise ValueError(answer)
    if not isinstance(answer, tuple):
        vi.explain(answer)


def one_input(data: bytes) -> None:
    """As they are; and, to get behind compression and checksums, as a part of a sound workbook."""
    choice, content = data[:1], data[1:]
    which = (choice or b"\0")[0] % (len(PARTS) + 1)
    if which == len(PARTS):
        read(content)
    else:
        read(zipped({**parts(one("A1")), PARTS[which]: content}))


def seeds() -> Iterator[bytes]:
    sound = parts(
        cells(12, 3), strings="<si><t>Ba Bể</t></si>", styles='<cellXfs><xf numFmtId="9"/></cellXfs>'
    )
    for number, name in enumerate(PARTS):
        yield bytes([number]) + sound[name].encode()
    yield bytes([len(PARTS)]) + zipped(sound)
    made, raw = xlwt.Workbook(), io.BytesIO()
    sheet = made.add_sheet("Ba Bể")
    sheet.write_merge(0, 0, 0, 3, "Biểu 01")
    sheet.write(1, 0, 0.96, xlwt.easyxf(num_format_str="0%"))
    sheet.write(1, 1, xlwt.Formula("A2*2"))
    made.save(raw)
    yield bytes([len(PARTS)]) + raw.getvalue()


def mutate(data: bytes, most: int, seed: int) -> bytes:
    """Half of the time inside a part of a zip, where its checksum still holds."""
    if data[1:3] != b"PK" or seed % 2:
        return bytes(atheris.Mutate(data, most))
    try:
        with zipfile.ZipFile(io.BytesIO(data[1:])) as source:
            known = {name: source.read(name) for name in source.namelist()}
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return bytes(atheris.Mutate(data, most))
    if not known:
        return bytes(atheris.Mutate(data, most))
    name = list(known)[seed % len(known)]
    changed = data[:1] + zipped({**known, name: atheris.Mutate(known[name], most)})
    return changed if len(changed) <= most else data[:most]


def main() -> None:
    # Without sound workbooks to begin with, a minute never gets behind the first bytes.
    if len(sys.argv) == 1 or sys.argv[-1].startswith("-"):
        sys.argv.append(tempfile.mkdtemp(prefix="kpi-fuzz-"))
    folder = Path(sys.argv[-1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (folder / f"seed-{number}").write_bytes(seed)
    atheris.Setup([*sys.argv, f"-max_len={LONGEST}"], one_input, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

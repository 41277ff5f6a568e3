"""The comments of a sheet: their part, and the old drawing that Excel needs beside it for each box."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import count

from lxml import etree
from openpyxl.utils import coordinate_to_tuple

from kpi.vi import marks as words
from kpi.workbook.package import MAIN, RELATION, Element, Package

_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
# What stands behind the old drawing in a worksheet, by the format's order.
_BEHIND = {"legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"}
_VML = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    b'xmlns:x="urn:schemas-microsoft-com:office:excel">'
    b'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data=""/></o:shapelayout></xml>'
)
_SHAPETYPE = (
    '<v:shapetype xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel" id="_x0000_s{id}" type="#_x0000_t202" '
    'style="position:absolute;width:240pt;height:{points}pt;z-index:1;visibility:hidden" fillcolor="#ffffe1" '
    'o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
    '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div>'
    '</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{left}, 15, {top}, 2, {right}, 15, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_FONT = '<sz val="9"/><color indexed="81"/><rFont val="Tahoma"/><family val="2"/>'
# Excel gives the boxes of a sheet their numbers in blocks of as many, no block in two sheets.
_BLOCK = 1024
_LETTERS_IN_LINE, _COLUMNS_WIDE = 44, 4

_ANY_SHAPE = re.compile(rb"<((?:\w+:)?)shape[\s>].*?</\1shape\s*>", re.DOTALL)
_BLOCKS = re.compile(rb"<(?:\w+:)?idmap\b[^>]*?\bdata=[\"']([\d,\s]*)")
_END = re.compile(rb"</(?:\w+:)?xml\s*>\s*$")


class Comments:
    """Of one worksheet, whose root is `sheet`."""

    def __init__(self, package: Package, part: str, sheet: Element) -> None:
        self._package, self._part, self._sheet = package, part, sheet
        self._comments = package.related(part, "comments")

    def forget_ours(self) -> None:
        """Take back what `say` has said, and its boxes."""
        if self._comments is None or words.HEAD not in _all_text(self._package.look(self._comments)):
            return
        gone: set[str] = set()
        for comment in list(self._package.change(self._comments).iter(f"{MAIN}comment")):
            text = comment.find(f"{MAIN}text")
            begin = _all_text(text).find(words.HEAD) if text is not None else -1
            if begin == 0:
                gone.add(comment.get("ref"))
                comment.getparent().remove(comment)
            elif begin > 0:
                _cut(text, len(_all_text(text)[:begin].rstrip("\n")))
        self._drop_boxes(gone)

    def say(self, said: Mapping[str, str]) -> None:
        """Address -> what is said there, below what stands there already."""
        if not said:
            return
        if self._comments is None:
            self._comments = self._package.free_name("xl/comments{}.xml")
            empty = f'<comments xmlns="{MAIN[1:-1]}"><authors/><commentList/></comments>'
            self._package.add(self._comments, empty.encode(), _COMMENTS_TYPE)
            self._package.relate(self._part, "comments", self._comments)
        root = self._package.change(self._comments)
        author, listed = _author(root), root.find(f"{MAIN}commentList")
        there = {comment.get("ref"): comment for comment in listed}
        for address, text in said.items():
            if address in there:
                _append(there[address].find(f"{MAIN}text"), text)
            else:
                comment = etree.SubElement(listed, f"{MAIN}comment", ref=address, authorId=str(author))
                _append(etree.SubElement(comment, f"{MAIN}text"), text)
        self._draw_boxes({address: text for address, text in said.items() if address not in there})

    # The boxes. Excel's own old drawings are not always well formed, so they are mended as text.

    def _drawing(self) -> str | None:
        named = self._sheet.find(f"{MAIN}legacyDrawing")
        wanted = None if named is None else named.get(f"{RELATION}id")
        return next((r.part for r in self._package.relations(self._part) if r.id == wanted), None)

    def _new_drawing(self) -> str:
        part = self._package.free_name("xl/drawings/vmlDrawing{}.vml")
        self._package.know_extension("vml", _VML_TYPE)
        self._package.put(part, _VML)
        drawing = etree.Element(f"{MAIN}legacyDrawing")
        drawing.set(f"{RELATION}id", self._package.relate(self._part, "vmlDrawing", part))
        behind = (child for child in self._sheet if etree.QName(child).localname in _BEHIND)
        before = next(behind, None)
        if before is None:
            self._sheet.append(drawing)
        else:
            before.addprevious(drawing)
        return part

    def _drop_boxes(self, gone: set[str]) -> None:
        part = self._drawing()
        if part is None or not gone:
            return
        places = {coordinate_to_tuple(address) for address in gone}

        def keep(found: re.Match[bytes]) -> bytes:
            row, column = (re.search(rb"<(?:\w+:)?%s>\s*(\d+)" % n, found[0]) for n in (b"Row", b"Column"))
            here = row and column and (int(row[1]) + 1, int(column[1]) + 1)
            return b"" if here in places else found[0]

        xml = _ANY_SHAPE.sub(keep, self._package.bytes_of(part))
        used = {int(number) // _BLOCK for number in re.findall(rb"_x0000_s(\d+)", xml)}
        self._package.put(part, _with_blocks(xml, used))

    def _draw_boxes(self, said: Mapping[str, str]) -> None:
        if not said:
            return
        part = self._drawing() or self._new_drawing()
        xml = self._package.bytes_of(part)
        first = 1 + max((int(b) for name in self._package for b in self._blocks(name)), default=0)
        blocks = range(first, first + len(said) // (_BLOCK - 1) + 1)
        numbers = (block * _BLOCK + place for block in blocks for place in range(1, _BLOCK))
        shapes = "".join(_shape(*pair, number) for pair, number in zip(said.items(), numbers, strict=False))
        if b'"_x0000_t202"' not in xml:
            shapes = _SHAPETYPE + shapes
        xml = _with_blocks(xml, {*map(int, self._blocks(part)), *blocks})
        end = _END.search(xml)
        if end is None:
            raise ValueError(part)
        self._package.put(part, xml[: end.start()] + shapes.encode() + xml[end.start() :])

    def _blocks(self, part: str) -> list[str]:
        known = _BLOCKS.search(self._package.bytes_of(part)) if part.endswith(".vml") else None
        return re.findall(r"\d+", known[1].decode()) if known else []


def _with_blocks(xml: bytes, blocks: Iterable[int]) -> bytes:
    known = _BLOCKS.search(xml)
    mine = ",".join(map(str, sorted(blocks))).encode()
    return xml[: known.start(1)] + mine + xml[known.end(1) :] if known else xml


def _shape(address: str, text: str, number: int) -> str:
    """A box right of its cell, a little higher, as tall as its text."""
    row, column = coordinate_to_tuple(address)
    lines = sum(1 + len(line) // _LETTERS_IN_LINE for line in f"{words.HEAD}\n{text}".split("\n"))
    return _SHAPE.format(
        id=number,
        points=lines * 13 + 8,
        left=column,
        right=column + _COLUMNS_WIDE,
        top=max(row - 2, 0),
        bottom=max(row - 2, 0) + lines,
        row=row - 1,
        column=column - 1,
    )


def _author(root: Element) -> int:
    authors = root.find(f"{MAIN}authors")
    for place, author in zip(count(), authors, strict=False):
        if author.text == words.AUTHOR:
            return place
    etree.SubElement(authors, f"{MAIN}author").text = words.AUTHOR
    return len(authors) - 1


def _all_text(element: Element) -> str:
    return "".join(t.text or "" for t in element.iter(f"{MAIN}t"))


def _append(text: Element, said: str) -> None:
    """Runs below what stands there; a bare text becomes a run first, since Excel shows only one of the two."""
    bare = text.find(f"{MAIN}t")
    if bare is not None:
        run = etree.Element(f"{MAIN}r")
        text.replace(bare, run)
        run.append(bare)
        bare.set(_SPACE, "preserve")
    space = "\n\n" if _all_text(text) else ""
    after = text.findall(f"{MAIN}r")
    at = text.index(after[-1]) + 1 if after else 0
    for place, (bold, part) in enumerate((("<b/>", space + words.HEAD), ("", f"\n{said}"))):
        run = etree.fromstring(f'<r xmlns="{MAIN[1:-1]}"><rPr>{bold}{_FONT}</rPr><t/></r>')
        run[-1].text = part
        run[-1].set(_SPACE, "preserve")
        text.insert(at + place, run)


def _cut(text: Element, length: int) -> None:
    """Only the first letters remain, in the runs they stand in."""
    for t in list(text.iter(f"{MAIN}t")):
        t.text = (t.text or "")[:length]
        length -= len(t.text)
        run = t.getparent()
        if not t.text and run is not text:
            text.remove(run)

"""The styles of a package: what a cell looks like with another fill and nothing else changed, and back again."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Literal

from lxml import etree

from kpi.workbook.package import MAIN, Element, Package

Kind = Literal["wrong", "asked"]

STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
NO_STYLES = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<fonts count="1"><font><sz val="11"/><name val="Times New Roman"/></font></fonts>'
    b'<fills count="2"><fill><patternFill patternType="none"/></fill>'
    b'<fill><patternFill patternType="gray125"/></fill></fills>'
    b'<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    b'<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    b'<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    b"</styleSheet>"
)
# The last byte counts up, too little for the eye: a shade for each fill that was there before.
_SHADES = {"wrong": ("FFFFA7", 0xA0), "asked": ("FFFFDE", 0x60)}
MOST_SHADES = 64
SHADES = tuple(f"{begin}{first + n:02X}" for begin, first in _SHADES.values() for n in range(MOST_SHADES))

Legend = dict[str, int]
"""Our colour -> the fill it stands over."""


class Styles:
    def __init__(self, package: Package, book: str) -> None:
        part = package.related(book, "styles")
        if part is None:
            part = package.free_name("xl/styles{}.xml")
            package.add(part, NO_STYLES, STYLES_TYPE)
            package.relate(book, "styles", part)
        self._root = package.change(part)
        self._formats = self._list("cellXfs")
        self._painted: dict[tuple[int, Kind], int] = {}
        self._places: dict[str, dict[tuple[object, ...], int]] = {}
        """List -> what its elements say -> where they stand."""
        self.legend: Legend = {}

    def painted(self, style: int, kind: Kind) -> int:
        """The style of a cell once it is coloured."""
        if (style, kind) not in self._painted:
            fill = self._number(style, "fillId")
            self._painted[style, kind] = self.with_fill(style, self._fill(self._shade(kind, fill)))
        return self._painted[style, kind]

    def _shade(self, kind: Kind, fill: int) -> str:
        begin, first = _SHADES[kind]
        mine = {colour: under for colour, under in self.legend.items() if colour.startswith(begin)}
        for colour, under in mine.items():
            if under == fill:
                return colour
        if len(mine) == MOST_SHADES:
            return list(mine)[-1]
        colour = f"{begin}{first + len(mine):02X}"
        self.legend[colour] = fill
        return colour

    def with_fill(self, style: int, fill: int) -> int:
        """A style like this one over another fill."""

        def change(xf: Element) -> None:
            xf.set("fillId", str(fill))
            xf.set("applyFill", "1")

        return self._like(style, change)

    def unpainted(self, legend: Legend) -> dict[int, int]:
        """Style -> what it was before, for every style that bears one of these colours."""
        under = {f: legend[c] for f, c in enumerate(map(_colour, self._list("fills"))) if c in legend}
        found = {style: self._number(style, "fillId") for style in range(len(self._formats))}
        return {style: self.with_fill(style, under[fill]) for style, fill in found.items() if fill in under}

    def colour(self, style: int) -> str | None:
        """Of a solid fill that says its colour as such."""
        return _colour(self._list("fills")[self.fill_of(style)])

    def fill_of(self, style: int) -> int:
        return self._number(style, "fillId")

    def shaded(self, colour: str) -> int:
        """The ordinary style over a colour."""
        return self.with_fill(0, self._fill(colour))

    def text(self, font: str, fill: str | None = None, *, center: bool = False) -> int:
        """A style of our own sheet: `font` is XML inside a font, `fill` a colour."""
        name = '<name val="Times New Roman"/><family val="1"/>'
        number = self._adopt("fonts", f"<font>{font}{name}</font>")
        side = '<{0} style="thin"><color rgb="FF9AA5B1"/></{0}>'
        sides = "".join(side.format(s) for s in ("left", "right", "top", "bottom"))
        border = self._adopt("borders", f"<border>{sides}<diagonal/></border>") if fill is not None else 0
        painted = self._fill(fill) if fill else 0
        across = "center" if center else "left"
        xf = (
            f'<xf numFmtId="0" fontId="{number}" fillId="{painted}" borderId="{border}" xfId="0" applyFont="1" '
            f'applyFill="1" applyBorder="1" applyAlignment="1">'
            f'<alignment horizontal="{across}" vertical="center" wrapText="1"/></xf>'
        )
        return self._adopt("cellXfs", xf)

    def _fill(self, colour: str) -> int:
        pattern = f'<fgColor rgb="{colour}"/><bgColor indexed="64"/>'
        return self._adopt("fills", f'<fill><patternFill patternType="solid">{pattern}</patternFill></fill>')

    def _like(self, style: int, change: Callable[[Element], None]) -> int:
        xf = deepcopy(self._format(style))
        change(xf)
        return self._place("cellXfs", xf)

    def _format(self, style: int) -> Element:
        return self._formats[style] if style < len(self._formats) else self._formats[0]

    def _number(self, style: int, name: str) -> int:
        return int(self._format(style).get(name, "0"))

    def _list(self, name: str) -> Element:
        return self._root.find(f"{MAIN}{name}")

    def _adopt(self, name: str, xml: str) -> int:
        return self._place(name, etree.fromstring(f'<x xmlns="{MAIN[1:-1]}">{xml}</x>')[0])

    def _place(self, name: str, element: Element) -> int:
        """Where an equal element stands in a list; it is added when there is none."""
        known = self._list(name)
        if name not in self._places:
            # From the last to the first, so that of equal ones the first stays.
            self._places[name] = {_said(known[place]): place for place in reversed(range(len(known)))}
        wanted = _said(element)
        if wanted not in self._places[name]:
            self._places[name][wanted] = len(known)
            known.append(element)
            known.set("count", str(len(known)))
        return self._places[name][wanted]


def _said(element: Element) -> tuple[object, ...]:
    return element.tag, *sorted(element.attrib.items()), *(_said(child) for child in element)


def _colour(fill: Element) -> str | None:
    """Of a solid fill that says its colour as such."""
    pattern = fill.find(f"{MAIN}patternFill")
    front = None if pattern is None else pattern.find(f"{MAIN}fgColor")
    return None if front is None or pattern.get("patternType") != "solid" else front.get("rgb")

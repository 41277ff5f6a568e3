"""The parts of an .xlsx package and how they refer to each other. A part that nobody changes keeps its bytes."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_TYPE = RELATION[1:-1]
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_CONTENT_TYPES = "[Content_Types].xml"
# Zip knows no earlier day; new parts bear it, so that the same file always gives the same bytes.
_NEW = (1980, 1, 1, 0, 0, 0)

Element = Any
"""An element of lxml, which says no types."""


@dataclass(frozen=True, slots=True)
class Relation:
    id: str
    type: str
    """The last word of its type: "worksheet", "comments"."""
    part: str


class Package:
    """Raise KeyError for a part that is not there, and what lxml and zipfile raise for broken ones."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as source:
            self._entries = {entry.filename: entry for entry in source.infolist()}
            self._parts = {name: source.read(name) for name in self._entries}
        self._trees: dict[str, Element] = {}
        self._changed: set[str] = set()

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def bytes_of(self, part: str) -> bytes:
        return self._parts[part]

    def look(self, part: str) -> Element:
        """The root of a part that is only read."""
        if part not in self._trees:
            # No document type is followed, no text is fetched from elsewhere.
            parser = etree.XMLParser(resolve_entities=False, no_network=True, strip_cdata=False)
            self._trees[part] = etree.fromstring(self._parts[part], parser)
        return self._trees[part]

    def change(self, part: str) -> Element:
        """The root of a part that will be written anew."""
        self._changed.add(part)
        return self.look(part)

    def put(self, part: str, content: bytes) -> None:
        self._parts[part] = content
        self._trees.pop(part, None)
        self._changed.discard(part)

    def add(self, part: str, content: bytes, content_type: str) -> None:
        self.put(part, content)
        types = self.change(_CONTENT_TYPES)
        for known in types.findall(f"{_TYPES}Override"):
            if known.get("PartName") == f"/{part}":
                types.remove(known)
        etree.SubElement(types, f"{_TYPES}Override", PartName=f"/{part}", ContentType=content_type)

    def know_extension(self, extension: str, content_type: str) -> None:
        types = self.look(_CONTENT_TYPES)
        known = {d.get("Extension", "").lower() for d in types.findall(f"{_TYPES}Default")}
        if extension not in known:
            default = etree.Element(f"{_TYPES}Default", Extension=extension, ContentType=content_type)
            self.change(_CONTENT_TYPES).insert(0, default)

    def free_name(self, pattern: str) -> str:
        """The first part name of "xl/worksheets/sheet{}.xml" that is not taken, whatever its case."""
        taken = {name.casefold() for name in self._parts}
        number = 1
        while pattern.format(number).casefold() in taken:
            number += 1
        return pattern.format(number)

    def relations(self, part: str) -> list[Relation]:
        """What a part refers to inside the package; "" is the package itself."""
        path = _path_of_relations(part)
        if path not in self._parts:
            return []
        return [
            Relation(
                r.get("Id", ""), r.get("Type", "").rpartition("/")[2], _resolved(part, r.get("Target", ""))
            )
            for r in self.look(path).findall(f"{_RELATIONS}Relationship")
            if r.get("TargetMode") != "External"
        ]

    def related(self, part: str, kind: str) -> str | None:
        """The first part of a kind that this one refers to and that is there."""
        return next((r.part for r in self.relations(part) if r.type == kind and r.part in self._parts), None)

    def relate(self, part: str, kind: str, target: str) -> str:
        """The id of a new relation from one part to another."""
        path = _path_of_relations(part)
        if path not in self._parts:
            root = etree.Element(f"{_RELATIONS}Relationships", nsmap={None: _RELATIONS[1:-1]})
            self.put(path, _written(root))
        root = self.change(path)
        taken = {r.get("Id") for r in root}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        etree.SubElement(
            root, f"{_RELATIONS}Relationship", Id=f"rId{number}", Type=f"{_TYPE}/{kind}", Target=f"/{target}"
        )
        return f"rId{number}"

    def written(self) -> bytes:
        raw = io.BytesIO()
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as target:
            for name, content in self._parts.items():
                changed = _written(self._trees[name]) if name in self._changed else content
                target.writestr(self._entry(name), changed)
        return raw.getvalue()

    def _entry(self, name: str) -> zipfile.ZipInfo:
        """Time and attributes as they were; the extra fields are the zip writer's own."""
        old = self._entries.get(name)
        entry = zipfile.ZipInfo(name, old.date_time if old else _NEW)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = 0
        if old:
            stored = old.compress_type == zipfile.ZIP_STORED
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = old.create_system, old.external_attr
        return entry


def _path_of_relations(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _resolved(part: str, target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))


def _written(root: Element) -> bytes:
    return bytes(etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True, standalone=True))

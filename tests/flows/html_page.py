"""A page as a strict reader sees it: how its elements nest, and what it refers to."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Self

VOID = frozenset({"meta", "br", "hr", "img", "input", "link"})
FOREIGN = frozenset({"script", "link", "img", "iframe", "object", "embed", "base", "image"})
"""Elements that load something, or run."""


class HtmlPage(HTMLParser):
    """
    One HTML file.

    Attributes:
        unclosed: What is wrong with how elements are nested.
        outside: What refers to anything beside the file.
        references: Ids that are referred to within it.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.unclosed: list[str] = []
        self.outside: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.tags_of_body: set[str] = set()
        self.texts_of_plots: list[str] = []
        self.captions: list[str] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self._open: list[str] = []

    @classmethod
    def read(cls, file: Path) -> Self:
        page = cls()
        page.feed(file.read_text(encoding="utf-8"))
        page.close()
        page.unclosed += [f"never closed: {tag}" for tag in page._open]
        return page

    def health(self) -> dict[str, str]:
        """The badge of each cluster, by name: rows of the table that has nine columns."""
        return {row[1]: row[0] for row in self.rows if len(row) == 9 and row[0] != "health"}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            self.unclosed.append(f"</{tag}> within {self._open[-3:]}")
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        within = set(self._open)
        if "style" in within:
            self._links(data)
            return
        self.text += data
        if "figcaption" in within:
            self.captions.append(data)
        elif "text" in within and "svg" in within:
            self.texts_of_plots.append(data)
        if self.rows and within & {"td", "th"}:
            self.rows[-1][-1] += data

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if "body" in self._open:
            self.tags_of_body.add(tag)
        if tag in FOREIGN:
            self.outside.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")
        for name, value in attrs:
            self._attribute(name, value or "")

    def _attribute(self, name: str, value: str) -> None:
        if name == "id":
            self.ids.append(value)
        elif name == "aria-labelledby":
            self.references.append(value)
        elif name in {"href", "xlink:href", "src"}:
            self._reference(value)
        elif name.startswith("on"):
            self.outside.append(name)
        elif not name.startswith("xmlns"):
            self._links(value)

    def _links(self, text: str) -> None:
        for told in re.findall(r"url\(([^)]*)\)", text):
            self._reference(told.strip("'\""))
        if "@import" in text or "//" in text:
            self.outside.append(text)

    def _reference(self, target: str) -> None:
        if target.startswith("#"):
            self.references.append(target[1:])
        else:
            self.outside.append(target)

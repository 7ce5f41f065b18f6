"""Puts all changes of a file into it: a changed function has all its changed bodies beside its own, and a number picks one."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# The variable that names the change which a process has.
PICKED = "PICKED_CHANGE"

# Stands at the end of each crate that is changed.
CHOICE = f"""
/// Whether this is the change that was picked.
#[doc(hidden)]
pub fn picked_change(n: u32) -> bool {{
    static PICKED: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    let picked = || std::env::var("{PICKED}").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    *PICKED.get_or_init(picked) == n
}}
"""

# What a brace may stand in without being one, and brackets.
TOKEN = re.compile(
    r"//[^\n]*|/\*.*?\*/|b?r(#*)\".*?\"\1|b?\"(?:\\.|[^\"\\])*\"|b?'(?:\\.[^']*|[^'\\])'|[(){}\[\]]", re.DOTALL
)
# A function that asks which change was picked is not const any more.
CONST = re.compile(r"\bconst (?=(async |unsafe |extern )?fn\b)")

# One of cargo-mutants' list, with its number as "n".
Change = dict[str, Any]


@dataclass
class Woven:
    """A file with its changes, and the lines of each."""

    text: str = ""
    lines: list[tuple[int, int, int]] = field(default_factory=list)

    def put(self, piece: str) -> None:
        self.text += piece

    def line(self) -> int:
        return self.text.count("\n") + 1

    def at(self, line: int) -> Iterator[int]:
        """The changes that have a line."""
        return (n for first, last, n in self.lines if first <= line <= last)


def offset(starts: list[int], place: dict[str, int]) -> int:
    return starts[place["line"] - 1] + place["column"] - 1


def body(text: str, start: int, end: int) -> int:
    """Where the body of a function begins: at the first brace that stands in no brackets."""
    depth = 0
    for token in TOKEN.finditer(text, start, end):
        if token.group() in ("(", "["):
            depth += 1
        elif token.group() in (")", "]"):
            depth -= 1
        elif token.group() == "{" and depth == 0:
            return token.end()
    raise ValueError(f"no body in {text[start:end]}")


def weave(path: Path, changes: list[Change]) -> Woven:
    text = path.read_text()
    starts = [0] + [found.end() for found in re.finditer("\n", text)]
    functions: dict[tuple[int, int], list[Change]] = defaultdict(list)
    for change in changes:
        span = change["function"]["span"]
        functions[offset(starts, span["start"]), offset(starts, span["end"])].append(change)
    woven, done = Woven(), 0
    for (start, end), group in sorted(functions.items()):
        # Of a function within a function: its changes are not tried.
        if start < done:
            continue
        begin = body(text, start, end)
        woven.put(text[done:start] + CONST.sub("", text[start:begin], count=1) + "\n")
        for change in group:
            first, last = (offset(starts, change["span"][edge]) for edge in ("start", "end"))
            line = woven.line()
            woven.put(f"if crate::picked_change({change['n']}) {{\n")
            woven.put(text[begin:first] + change["replacement"] + " " + text[last : end - 1] + "\n} else ")
            woven.lines.append((line, woven.line(), change["n"]))
        woven.put("{" + text[begin:end] + "\n}")
        done = end
    woven.put(text[done:])
    return woven

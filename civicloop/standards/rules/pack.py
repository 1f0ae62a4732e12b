"""Loading packs."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from civicloop.standards.rules import build
from civicloop.standards.rules.problem import PackError, Problem
from civicloop.standards.rules.references import faults_of_reference
from civicloop.standards.rules.resolve import resolve
from civicloop.standards.rules.shapes import Pack
from civicloop.standards.rules.source import Source, read_source


def shipped_packs() -> Path:
    """The folder of the packs that come with CivicLoop, in a checkout and when installed alike."""
    return Path(str(files("packs")))


def find_packs(root: Path) -> tuple[Path, ...]:
    """The pack folders under `root`, by name: those that hold a pack.yaml."""
    return tuple(sorted(path.parent for path in root.glob("*/pack.yaml")))


def load_pack(path: Path) -> Pack:
    """Read and check the pack in the folder `path`; the packs it uses are looked for beside it.

    Raises PackError with file, JSON pointer and reason of everything wrong in the first pack that has faults. A pack is
    taken whole or not at all.
    """
    return _load(path.resolve(), {}, ())


def load_packs(root: Path) -> dict[str, Pack]:
    """Every pack under `root` by name, each read once. Raises PackError as `load_pack` does."""
    loaded: dict[str, Pack] = {}
    return {path.name: _load(path, loaded, ()) for path in find_packs(root.resolve())}


def _load(path: Path, loaded: dict[str, Pack], above: tuple[str, ...]) -> Pack:
    if path.name in loaded:
        return loaded[path.name]
    source = read_source(path)
    used: dict[str, Pack] = {}
    for i, name in enumerate(source.header.get("uses", ())):
        pointer = f"/pack/uses/{i}"
        if name in (*above, source.name):
            raise PackError(source.name, [Problem("pack.yaml", pointer, "circle", f"'{name}' uses this pack in turn")])
        if not (path.parent / name / "pack.yaml").is_file():
            raise PackError(
                source.name, [Problem("pack.yaml", pointer, "reference", f"no pack '{name}' beside this one")]
            )
        used[name] = _load(path.parent / name, loaded, (*above, source.name))
    loaded[path.name] = _checked(source, used)
    return loaded[path.name]


def _checked(source: Source, used: dict[str, Pack]) -> Pack:
    problems: list[Problem] = []
    nodes = resolve(source, problems)
    problems.extend(faults_of_reference(source, nodes, used))
    if problems:
        raise PackError(source.name, problems)
    header, singles = source.header, source.singles
    categories = tuple(build.category(node.value) for node in nodes.values())
    return Pack(
        name=header["name"],
        edition=header["edition"],
        title=build.text(header["title"]),
        source=build.text(header["source"]),
        standard=header.get("standard", ""),
        in_force=header.get("in_force", ""),
        replaces=header.get("replaces", ""),
        uses=tuple(header.get("uses", ())),
        lines=tuple(build.line(node.value) for node in source.section("lines")),
        majors=tuple(build.major(node.value) for node in source.section("majors")),
        categories=categories,
        crosswalk=tuple(build.crossing(node.value) for node in source.section("crosswalk")),
        point_types=tuple(build.point_type(node.value) for node in source.section("point_types")),
        checklists=tuple(build.checklist(node.value) for node in source.section("checklists")),
        indicators=tuple(build.indicator(node.value) for node in source.section("indicators")),
        sampling=build.sampling(singles["sampling"].value) if "sampling" in singles else None,
        parameters=build.parameters(singles["policy"].value) if "policy" in singles else None,
        texts=tuple(build.standard_text(node.value) for node in source.section("texts")),
        _by_key={category.key: category for category in categories},
    )

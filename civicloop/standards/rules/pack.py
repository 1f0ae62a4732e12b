"""Loading packs."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from civicloop.standards.rules import build
from civicloop.standards.rules import build_assessment as judging
from civicloop.standards.rules.lines import with_lines
from civicloop.standards.rules.problem import PackError, Problem
from civicloop.standards.rules.references import faults_of_reference
from civicloop.standards.rules.resolve import resolve
from civicloop.standards.rules.shapes import Pack
from civicloop.standards.rules.source import Source, read_source


def shipped_packs() -> Path:
    """The folder of the packs that come with CivicLoop, in a checkout and when installed alike."""
    return Path(str(files("packs")))


def find_packs(root: Path) -> tuple[Path, ...]:
    """The pack folders under `root`, by name: those that hold a pack.yaml.

    An edition kept beside the present one stands in a folder NAME@EDITION; its header names the pack NAME.
    """
    return tuple(sorted(path.parent for path in root.glob("*/pack.yaml")))


def load_pack(path: Path) -> Pack:
    """Read and check the pack in the folder `path`; the packs it uses are looked for beside it, then among those shipped.

    Raises PackError with file, line, JSON pointer and reason of everything wrong in the first pack that has faults. A
    pack is taken whole or not at all.
    """
    return _load(path.resolve(), {}, ())


def load_packs(root: Path) -> dict[str, Pack]:
    """Every pack under `root` by its folder's name, each read once. Raises PackError as `load_pack` does."""
    loaded: dict[Path, Pack] = {}
    return {path.name: _load(path, loaded, ()) for path in find_packs(root.resolve())}


def _load(path: Path, loaded: dict[Path, Pack], above: tuple[str, ...]) -> Pack:
    if path not in loaded:
        try:
            loaded[path] = _read(path, loaded, above)
        except PackError as error:
            if error.pack != path.name:  # a pack that this one uses has told its own lines
                raise
            raise PackError(error.pack, with_lines(path, error.problems)) from error
    return loaded[path]


def _read(path: Path, loaded: dict[Path, Pack], above: tuple[str, ...]) -> Pack:
    source = read_source(path)
    own = source.header["name"]
    used: dict[str, Pack] = {}
    for i, name in enumerate(source.header.get("uses", ())):
        pointer = f"/pack/uses/{i}"
        if name in (*above, own):
            raise PackError(source.name, [Problem("pack.yaml", pointer, "circle", f"'{name}' uses this pack in turn")])
        home = next(
            (root / name for root in (path.parent, shipped_packs()) if (root / name / "pack.yaml").is_file()), None
        )
        if home is None:
            reason = f"no pack '{name}' beside this one, nor among those shipped"
            raise PackError(source.name, [Problem("pack.yaml", pointer, "reference", reason)])
        used[name] = _load(home, loaded, (*above, own))
    return _checked(source, used)


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
        projects=tuple(judging.project(node.value) for node in source.section("projects")),
        questions=tuple(judging.big_question(node.value) for node in source.section("questions")),
        disorders=tuple(judging.disorder(node.value) for node in source.section("disorders")),
        sample=judging.sample(singles["sample"].value) if "sample" in singles else None,
        scoring=judging.scoring(singles["scoring"].value) if "scoring" in singles else None,
        negative_list=tuple(judging.negative_clause(node.value) for node in source.section("negative_list")),
        parameters=build.parameters(singles["policy"].value) if "policy" in singles else None,
        texts=tuple(build.standard_text(node.value) for node in source.section("texts")),
        _by_key={category.key: category for category in categories},
    )

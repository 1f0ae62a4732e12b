"""What people look at in a city of a million cases: pages of the desk, tiles of the map, the big screen, on both databases."""

from __future__ import annotations

from benchmarks import city, screen, tiles, today
from benchmarks.filled import filled
from benchmarks.verdicts import Line, main

SIZES, QUICK_SIZES = (10_000, 1_000_000), (10_000, 50_000)


def run(quick: bool) -> list[Line]:
    """The cities are filled once for all three; the screen comes last, as it closes cases for itself."""
    city.settle()
    sizes = QUICK_SIZES if quick else SIZES
    urls = {(kind, size): url for size in sizes for kind, url in filled(size).items()}
    large = {kind: url for (kind, size), url in urls.items() if size == sizes[-1]}
    return [
        *today.measured(urls, quick),
        *tiles.measured(large, sizes[-1], quick),
        *screen.measured(large, sizes[-1], quick),
    ]


if __name__ == "__main__":
    main(run)

"""Communes as a map of tiles: each as near as can be to where it lies, none on top of another."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

#: cells for each tile, so that the outline of the province shows
ROOM = 1.5
#: the style sheet knows so many rows and columns
MOST = 16

Point = tuple[str, float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """Where a tile lies, counted from 1: rows from the north, columns from the west."""

    row: int
    column: int


@lru_cache(maxsize=8)
def layout(points: tuple[Point, ...]) -> dict[str, Cell]:
    """(code, latitude, longitude in degrees) of each place → its cell; the same points always lie the same way.

    The sum of the squared distances from the true places is as small as it can be.
    """
    if not points:
        return {}
    rows, columns = _size(points)
    cells = [Cell(row=row, column=column) for row in range(1, rows + 1) for column in range(1, columns + 1)]
    spots = [_spot(point, points, rows, columns) for point in points]
    costs = [[(row - cell.row) ** 2 + (column - cell.column) ** 2 for cell in cells] for row, column in spots]
    return {point[0]: cells[chosen] for point, chosen in zip(points, cheapest(costs), strict=True)}


def _size(points: Iterable[Point]) -> tuple[int, int]:
    """(rows, columns) with room for all, as wide for its height as the land is and the style sheet lets it be."""
    south, north, west, east = _edges(points)
    wide = max((east - west) * math.cos(math.radians((north + south) / 2)), 0.01)
    high = max(north - south, 0.01)
    number = len(list(points))
    wanted = number * ROOM
    columns = min(MOST, max(math.ceil(number / MOST), round(math.sqrt(wanted * wide / high))))
    return min(MOST, math.ceil(wanted / columns)), columns


def _spot(point: Point, points: Iterable[Point], rows: int, columns: int) -> tuple[float, float]:
    """The true place on the grid, between its cells."""
    south, north, west, east = _edges(points)
    down = (north - point[1]) / ((north - south) or 1)
    right = (point[2] - west) / ((east - west) or 1)
    return 1 + down * (rows - 1), 1 + right * (columns - 1)


def _edges(points: Iterable[Point]) -> tuple[float, float, float, float]:
    lats, lons = [point[1] for point in points], [point[2] for point in points]
    return min(lats), max(lats), min(lons), max(lons)


def cheapest(costs: list[list[float]]) -> list[int]:
    """For each row a column of its own, so that their costs together are least; there are enough columns.

    The Hungarian method: rows come in one by one, and those before them move on where that is cheaper.
    Inside, rows and columns count from 1; column 0 is the door through which the next row comes.
    """
    row_price, column_price = [0.0] * (len(costs) + 1), [0.0] * (len(costs[0]) + 1)
    taken = [0] * (len(costs[0]) + 1)
    for row in range(1, len(costs) + 1):
        taken[0] = row
        came_from, last = _way(costs, row_price, column_price, taken)
        while last:
            taken[last] = taken[came_from[last]]
            last = came_from[last]
    columns = {row: column for column, row in enumerate(taken) if column and row}
    return [columns[row] - 1 for row in range(1, len(costs) + 1)]


def _way(
    costs: list[list[float]], row_price: list[float], column_price: list[float], taken: list[int]
) -> tuple[list[int], int]:
    """The cheapest chain of moves from the door to a free column: whence each column was reached, and the last."""
    least, came_from = [math.inf] * len(taken), [0] * len(taken)
    seen, unseen, here = [], set(range(1, len(taken))), 0
    while taken[here]:
        seen.append(here)
        unseen.discard(here)
        row = taken[here]
        for column in unseen:
            cost = costs[row - 1][column - 1] - row_price[row] - column_price[column]
            if cost < least[column]:
                least[column], came_from[column] = cost, here
        here = min(unseen, key=lambda column: (least[column], column))
        step = least[here]
        for column in seen:
            row_price[taken[column]] += step
            column_price[column] -= step
        for column in unseen:
            least[column] -= step
    return came_from, here

"""Where labels go so that they cover neither each other nor the points."""

import itertools
from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other):
        """The area that both cover."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)


def column(anchors, spacing, low, high):
    """Positions near sorted `anchors`, at least `spacing` apart and within low ... high where there is room for all."""
    positions = []
    for anchor in anchors:
        positions.append(max(anchor, low if not positions else positions[-1] + spacing))
    # Push the tail up from the lower end, then spread what remains towards the anchors.
    limit = high
    for index in reversed(range(len(positions))):
        positions[index] = min(positions[index], limit)
        limit = positions[index] - spacing
    return positions


def uncrossed(points, slots):
    """Which slot (x, y) each point gets: the given order, pairs exchanged until no two leader lines cross.

    An exchange shortens the lines together, so it ends."""
    order = list(range(len(points)))

    def crossing(first, second):
        (a, b), (c, d) = (points[first], slots[order[first]]), (points[second], slots[order[second]])
        return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0

    pairs = list(itertools.combinations(range(len(points)), 2))
    while crossed := next(((i, j) for i, j in pairs if crossing(i, j)), None):
        first, second = crossed
        order[first], order[second] = order[second], order[first]
    return [slots[slot] for slot in order]


def _side(a, b, c):
    """On which side of the line through a and b the point c lies."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def text_width(content, font):
    """An estimate for proportional digits and letters."""
    return 0.56 * font * len(content)


def along(x1, y1, x2, y2, side):
    """Small boxes along a line, for labels to keep off."""
    count = max(2, int(max(abs(x2 - x1), abs(y2 - y1)) / side))
    centers = ((x1 + (x2 - x1) * i / count, y1 + (y2 - y1) * i / count) for i in range(count + 1))
    return [Box(x - side / 2, y - side / 2, x + side / 2, y + side / 2) for x, y in centers]


def beside(center, radius, size, taken, frame):
    """The box of a label near a point that overlaps least with what is `taken`, and its leader line (x1, y1, x2, y2).

    A label that is next to its point has no leader line. Near places are preferred: right, left, above, below, then the
    same further away."""
    (x, y), (width, height) = center, size
    best = None
    for distance in (radius + 4, radius + 18, radius + 36, radius + 60):
        for dx, dy in ((1, 0), (-1, 0), (0, -1), (0, 1), (0.7, -0.7), (0.7, 0.7), (-0.7, -0.7), (-0.7, 0.7)):
            middle_x = x + dx * distance + (width / 2 if dx > 0 else -width / 2 if dx < 0 else 0)
            middle_y = y + dy * (distance + height / 2)
            box = Box(middle_x - width / 2, middle_y - height / 2, middle_x + width / 2, middle_y + height / 2)
            outside = box.left < frame.left or box.top < frame.top or box.right > frame.right or box.bottom > frame.bottom
            cost = sum(box.overlap(other) for other in taken) + (1e6 if outside else 0) + 0.5 * (distance - radius)
            if best is None or cost < best[0]:
                near = (min(max(x, box.left), box.right), min(max(y, box.top), box.bottom))
                best = cost, box, (x, y, *near) if distance > radius + 4 else None
    return best[1], best[2]

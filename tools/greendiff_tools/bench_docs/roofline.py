"""The roofline picture [Williams, Waterman, Patterson 2009] as SVG: rate against intensity, under the measured ceilings."""

import math
from html import escape

from .labels import Box, along, beside, column, text_width, uncrossed

WIDTH, HEIGHT = 1000, 620
LEFT, RIGHT, TOP, BOTTOM = 64, 984, 74, 562
LEAST_SHARE = 0.003
FONT = 12.5

STYLE = """
  svg { --card: #ffffff; --ink: #1d2421; --soft: #5d6863; --line: #dfe4e1; --compute: #0b7a55; --memory: #d55e00; }
  @media (prefers-color-scheme: dark) {
    svg { --card: #1b211e; --ink: #e7ece9; --soft: #9da8a3; --line: #323b37; --compute: #4cc79a; --memory: #f08a4b; } }
  text { font: 12.5px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--ink); }
  .title { font-size: 16px; font-weight: 600; } .soft { fill: var(--soft); } .grid { stroke: var(--line); }
  .ceiling { stroke: var(--ink); stroke-width: 1.6; fill: none; } .cache { stroke-dasharray: 6 4; }
  .leader { stroke: var(--soft); stroke-width: 0.7; fill: none; }
  .compute { fill: var(--compute); } .memory { fill: var(--memory); }
  .point { fill-opacity: 0.75; } .ring { fill: none; stroke: var(--compute); stroke-width: 1.5; }
  .saving { stroke: var(--compute); stroke-width: 1; stroke-dasharray: 2 3; }
"""


def roofs(rates):
    """What arithmetic reaches, by what it multiplies: floats, and bfloat16 where a step has any."""
    named = {"fused multiply-adds": rates["fma_gflops"], "products of bfloat16": rates.get("bf16_gflops")}
    return {name: rate for name, rate in named.items() if rate}


class Axes:
    """Logarithmic axes: operations a byte to the right, GFLOP/s upwards."""

    def __init__(self, rows, ceilings, right):
        self.right = right
        peak = max(roofs(ceilings).values())
        low_x = min([0.2, *(row.intensity / 1.5 for row in rows)])
        low_y = min([4.0, *(row.executed_rate / 1.5 for row in rows)])
        high_y = 1.6 * max([peak, *(row.effective_rate for row in rows)])
        self.x_range = (math.log10(low_x), math.log10(1.4 * max(row.intensity for row in rows)))
        self.y_range = (math.log10(low_y), math.log10(high_y))

    def x(self, intensity):
        return LEFT + (math.log10(intensity) - self.x_range[0]) / (self.x_range[1] - self.x_range[0]) * (self.right - LEFT)

    def y(self, rate):
        return BOTTOM - (math.log10(rate) - self.y_range[0]) / (self.y_range[1] - self.y_range[0]) * (BOTTOM - TOP)


def ticks(low, high):
    """1, 2 and 5 times the powers of ten within 10^low ... 10^high."""
    return [m * 10.0**e for e in range(math.floor(low), math.ceil(high) + 1) for m in (1, 2, 5)
            if low <= math.log10(m * 10.0**e) <= high]


def text(x, y, content, classes="", anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{classes}" text-anchor="{anchor}">{escape(content)}</text>'


def line(x1, y1, x2, y2, classes):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{classes}"/>'


def grid(axes):
    parts = []
    for value in ticks(*axes.x_range):
        x = axes.x(value)
        parts += [line(x, TOP, x, BOTTOM, "grid"), text(x, BOTTOM + 18, f"{value:g}", "soft", "middle")]
    for value in ticks(*axes.y_range):
        y = axes.y(value)
        parts += [line(LEFT, y, axes.right, y, "grid"), text(LEFT - 8, y + 4, f"{value:g}", "soft", "end")]
    below = "executed floating-point operations a byte read or written"
    parts.append(text((LEFT + axes.right) / 2, HEIGHT - 18, below, "soft", "middle"))
    parts.append(text(LEFT - 8, TOP - 4, "GFLOP/s", "soft", "end"))
    return parts


def ceilings(axes, rates):
    """The two slopes and the flat roofs, each with its name along it, and the boxes that they cover."""
    peak = max(roofs(rates).values())
    slopes = [
        ("copy in memory", rates["memory_copy_gbs"], "ceiling", 17),
        ("copy in the caches", rates["cache_copy_gbs"], "ceiling cache", -8)]
    parts, boxes = [], []
    for name, rate, classes, offset in slopes:
        first = max(10 ** axes.x_range[0], 10 ** axes.y_range[0] / rate)
        ends = (axes.x(first), axes.y(first * rate), axes.x(peak / rate), axes.y(peak))
        x, y = (0.3 * ends[0] + 0.7 * ends[2], 0.3 * ends[1] + 0.7 * ends[3])
        angle = math.degrees(math.atan2(ends[3] - ends[1], ends[2] - ends[0]))
        label = text(0, offset, f"{name}, {rate:.0f} GB/s", "soft", "middle")
        parts += [line(*ends, classes), f'<g transform="translate({x:.1f} {y:.1f}) rotate({angle:.1f})">{label}</g>']
        boxes += along(*ends, 6)
    steepest = max(rate for _, rate, _, _ in slopes)
    for name, roof in roofs(rates).items():
        first = axes.x(roof / steepest)
        below = roof < peak
        parts.append(line(first, axes.y(roof), axes.right, axes.y(roof), "ceiling"))
        parts.append(text(first + 4, axes.y(roof) + (15 if below else -8), f"{name}, {roof:.0f} GFLOP/s", "soft"))
    return parts, boxes


def radius(row, step_milliseconds):
    """Areas show shares of the step's time."""
    return 3 + 22 * math.sqrt(row.milliseconds / step_milliseconds)


def points(axes, rows, profile):
    """A disc a row, and a ring where textbook operations would need a higher rate; the boxes that they cover."""
    parts, boxes = [], []
    for row in rows:
        x, y, r = axes.x(row.intensity), axes.y(row.executed_rate), radius(row, profile.step_milliseconds)
        if row.effective_rate > 1.05 * row.executed_rate:
            top = axes.y(row.effective_rate)
            parts += [line(x, y - r, x, top + 4, "saving"), f'<circle cx="{x:.1f}" cy="{top:.1f}" r="4" class="ring"/>']
            boxes.append(Box(x - 5, top - 5, x + 5, y))
        kind = "compute" if limited_by_arithmetic(row, profile) else "memory"
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" class="point {kind}"/>')
        boxes.append(Box(x - r, y - r, x + r, y + r))
    return parts, boxes


def limited_by_arithmetic(row, profile):
    """Whether a row lies under the flat part of the roof."""
    return row.intensity > profile.ceilings["fma_gflops"] / profile.ceilings["memory_copy_gbs"]


def caption(row, profile):
    return f"{row.name}, {100 * row.milliseconds / profile.step_milliseconds:.1f} %"


def column_labels(axes, rows, profile):
    """The names of what is limited by arithmetic, in a column beside the points: these lie close together."""
    parts = []
    rows = sorted(rows, key=lambda row: -row.executed_rate)
    discs = [(axes.x(row.intensity), axes.y(row.executed_rate)) for row in rows]
    slots = [(axes.right + 14, y) for y in column([y for _, y in discs], FONT + 4, TOP + 10, BOTTOM - 10)]
    for row, disc, (x, y) in zip(rows, discs, uncrossed(discs, slots)):
        path = " ".join(f"{px:.1f},{py:.1f}" for px, py in (disc, (x, y), (x + 14, y)))
        parts += [f'<polyline class="leader" points="{path}"/>', text(x + 18, y + 4, caption(row, profile))]
    return parts


def near_labels(axes, rows, profile, boxes):
    """The names of what is limited by memory, each beside its point."""
    parts, taken = [], list(boxes)
    for row in rows:
        center = (axes.x(row.intensity), axes.y(row.executed_rate))
        size = text_width(caption(row, profile), FONT), FONT + 4
        box, leader = beside(center, radius(row, profile.step_milliseconds), size, taken, Box(LEFT, TOP, axes.right, BOTTOM))
        taken.append(box)
        if leader:
            parts.append(line(*leader, "leader"))
        parts.append(text(box.left, box.bottom - 4, caption(row, profile)))
    return parts


def picture(profile):
    """The whole SVG; operations that compute nothing or take under 0.3 % of the step are left to the table."""
    rows = [row for row in profile.rows
            if row.executed_gflop > 0 and row.milliseconds >= LEAST_SHARE * profile.step_milliseconds]
    arithmetic = [row for row in rows if limited_by_arithmetic(row, profile)]
    margin = max((text_width(caption(row, profile), FONT) for row in arithmetic), default=0) + 40
    axes = Axes(rows, profile.ceilings, RIGHT - margin)
    discs, disc_boxes = points(axes, rows, profile)
    roof, roof_boxes = ceilings(axes, profile.ceilings)
    names = column_labels(axes, arithmetic, profile)
    names += near_labels(axes, [row for row in rows if row not in arithmetic], profile, disc_boxes + roof_boxes)
    subtitle = "Area: share of the step's time. Rings: textbook operations a second, of which Winograd computes fewer."
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img">',
        f"<title>Roofline of a training step: {escape(profile.title)}</title><style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="10" style="fill: var(--card)"/>',
        text(20, 28, f"Roofline of a training step: {profile.title}", "title"), text(20, 48, subtitle, "soft"),
        *grid(axes), *roof, *names, *discs, "</svg>",
    ]
    return "\n".join(parts) + "\n"

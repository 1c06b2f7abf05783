"""The study's picture as SVG: each way's mean loss over its seeds, on the band that the seeds of all ways span."""

from .curves import mean_curve, seed_band

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 62, 20, 46, 46
STYLE = """
  svg { --card: #ffffff; --ink: #1d2421; --soft: #5d6863; --line: #dfe4e1; --band: #dfe4e1;
    --way0: #0b7a55; --way1: #d55e00; --way2: #3b5bb5; }
  @media (prefers-color-scheme: dark) {
    svg { --card: #1b211e; --ink: #e7ece9; --soft: #9da8a3; --line: #323b37; --band: #323b37;
      --way0: #4cc79a; --way1: #f08a4b; --way2: #8ea6f0; } }
  text { font: 12.5px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--ink); }
  .title { font-size: 15px; font-weight: 600; } .soft { fill: var(--soft); } .grid { stroke: var(--line); }
  .band { fill: var(--band); } .curve { fill: none; }
"""


# Curves that coincide still show: each is drawn thinner than the one below it.
STROKES = [6.0, 3.4, 1.2]
BOTTOM_EDGE = HEIGHT - BOTTOM


class Axes:
    def __init__(self, band):
        self.last = band[-1][0]
        self.low = min(low for _, low, _ in band) * 0.9
        self.high = max(high for _, _, high in band[1:]) * 1.1

    def x(self, step):
        return LEFT + step / self.last * (WIDTH - LEFT - RIGHT)

    def y(self, loss):
        return BOTTOM_EDGE - (min(loss, self.high) - self.low) / (self.high - self.low) * (BOTTOM_EDGE - TOP)


def text(x, y, content, classes="", anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{classes}" text-anchor="{anchor}">{content}</text>'


def grid(axes):
    parts = []
    step = 0.02 if axes.high - axes.low < 0.15 else 0.05
    for index in range(int(axes.low / step) + 1, int(axes.high / step) + 1):
        y = axes.y(index * step)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" class="grid"/>')
        parts.append(text(LEFT - 8, y + 4, f"{index * step:.2f}", "soft", "end"))
    for tick in range(0, axes.last + 1, axes.last // 5):
        parts.append(text(axes.x(tick), BOTTOM_EDGE + 18, f"{tick}", "soft", "middle"))
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "step of 8 images", "soft", "middle"))
    return parts


def path(axes, points):
    return " ".join(f"{axes.x(step):.1f},{axes.y(loss):.1f}" for step, loss in points)


def draw(curves, preset, file_path):
    band = seed_band(curves)
    axes = Axes(band)
    outline = [(step, high) for step, _, high in band] + [(step, low) for step, low, _ in reversed(band)]
    seeds = len(next(iter(curves.values())))
    title = f"Training loss, preset {preset} on CIFAR-10, mean of {band[0][0]} steps and {seeds} seed{'s' * (seeds > 1)}"
    parts = [text(LEFT, 20, title, "title"), *grid(axes), f'<polygon class="band" points="{path(axes, outline)}"/>']
    for index, (way, runs) in enumerate(curves.items()):
        colour = f"stroke: var(--way{index}); stroke-width: {STROKES[index]}"
        parts.append(f'<polyline class="curve" style="{colour}" points="{path(axes, mean_curve(runs))}"/>')
        x = WIDTH - RIGHT - 330 + 110 * index
        parts.append(f'<line x1="{x}" y1="36" x2="{x + 22}" y2="36" class="curve" style="{colour}"/>')
        parts.append(text(x + 28, 40, way))
    parts.append(text(LEFT, 40, "band: all runs, lowest to highest", "soft"))
    body = "\n".join(parts)
    card = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="var(--card)"/>'
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">\n<style>{STYLE}</style>'
    with open(file_path, "w") as file:
        file.write(f"{head}\n{card}\n{body}\n</svg>\n")

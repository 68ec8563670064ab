"""From the cost of one plan to that of another, part by part, as bars that hang from each other."""

from __future__ import annotations

from collections.abc import Sequence

from landsea_routing.report._html import Markup, escape_text, join_markup
from landsea_routing.report.bars import LABEL, ROW, WIDTH, short_label
from landsea_routing.report.tables import choose_decimals, format_number
from landsea_routing.results.comparison import Comparison

MOST = 10
"""Parts that have a bar of their own; the smallest others are one together."""
ROUNDING = 1e-9
"""Share of the cost below which a part is rounding."""
VALUE = 150
STUB = 0.12
"""Share of the width by which the bars of the two costs stick out beyond the least level."""
UNITS = ((1e9, "bn USD/yr"), (1e6, "M USD/yr"), (1e3, "k USD/yr"), (1.0, "USD/yr"))


def waterfall_figure(change: Comparison, by: str = "line") -> Markup:
    """Draw what each part adds to the cost of the first plan, down to the cost of the second.

    Parameters
    ----------
    change : Comparison
    by : str
        `line` of the ledger, `commodity` or `both`. Parts that change nothing are left out; beyond `MOST`
        the smallest are summed as `other`, so that the bars lead exactly from cost to cost.

    Returns
    -------
    Markup
        Inline SVG; empty where nothing changes.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> plan = lsr.assign(lsr.load_network("toy_three_ports"))
    >>> waterfall_figure(lsr.compare(plan, plan))
    ''
    """
    labels, steps = waterfall_steps(change, by)
    if not steps:
        return Markup("")
    start, (factor, unit) = change.first.objective_usd, _unit(steps)
    title = f"Cost from {change.names[0]} to {change.names[1]}, {unit}"
    costs = f"cost, {change.names[0]}", f"cost, {change.names[1]}"
    return _figure(title, unit, costs, labels, start / factor, [step / factor for step in steps])


def waterfall_steps(change: Comparison, by: str = "line") -> tuple[list[str], list[float]]:
    """Return the parts that have a bar, in words, and what each adds in USD a year."""
    frame = change.waterfall(by)
    parts = [c for c in frame.columns if c != "change_usd"]
    labels = [" ".join(map(str, row)).replace("_", " ") for row in frame[parts].itertuples(index=False)]
    least = ROUNDING * max(1.0, abs(change.first.objective_usd))
    steps = [(label, usd) for label, usd in zip(labels, frame["change_usd"].tolist(), strict=True) if usd]
    large = sorted((abs(usd) for _, usd in steps if abs(usd) > least), reverse=True)
    if not large:
        return [], []
    cut = large[min(MOST, len(large)) - 1]
    shown = [step for step in steps if abs(step[1]) >= cut]
    rest = sum(usd for _, usd in steps if abs(usd) < cut)
    if abs(rest) > least:
        shown.append(("other", rest))
    return [label for label, _ in shown], [usd for _, usd in shown]


def _unit(steps: Sequence[float]) -> tuple[float, str]:
    largest = max(map(abs, steps))
    return next((unit for unit in UNITS if largest >= 0.5 * unit[0]), UNITS[-1])


def _figure(
    title: str, unit: str, costs: tuple[str, str], labels: Sequence[str], start: float, steps: Sequence[float]
) -> Markup:
    levels = [start]
    for step in steps:
        levels.append(levels[-1] + step)
    low, high = min(levels), max(levels)
    room = WIDTH - LABEL - VALUE
    low -= STUB / (1 - STUB) * (high - low)
    scale = room / (high - low)
    places = choose_decimals(steps)
    x = [LABEL + (level - low) * scale for level in levels]
    rows = [_total(0, costs[0], x[0], format_number(levels[0], unit, decimals=places))]
    for i, (label, step) in enumerate(zip(labels, steps, strict=True), start=1):
        shown = ("+" if step > 0 else "") + format_number(step, decimals=places)
        rows.append(_step(i, label, x[i - 1], x[i], shown))
    rows.append(_total(len(steps) + 1, costs[1], x[-1], format_number(levels[-1], unit, decimals=places)))
    height = ROW * (len(steps) + 2) + 8
    head = f'<svg class="bars" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape_text(title)}">'
    return join_markup([head, f"<title>{escape_text(title)}</title>", *rows, "</svg>"])


def _total(i: int, label: str, end: float, shown: str) -> str:
    """The cost of a plan: a bar that is cut off at the left, since most of it is the same in both."""
    y = ROW * i + 6
    cut = f"M{LABEL + 6} {y - 2}l-5 {ROW - 4}m6 0l5 {4 - ROW}"
    bar = f'<rect class="total" x="{LABEL}" y="{y}" width="{end - LABEL:.1f}" height="{ROW - 8}"/>'
    return f'{_name(label, y)}{bar}<path class="cut" d="{cut}"/>{_value(end, y, shown)}'


def _step(i: int, label: str, before: float, after: float, shown: str) -> str:
    y, left = ROW * i + 6, min(before, after)
    side = "loss" if after > before else "gain"
    thread = f'<path class="thread" d="M{before:.1f} {y - 8}V{y}M{after:.1f} {y + ROW - 8}v8"/>'
    width = max(abs(after - before), 1.0)
    bar = f'<rect class="{side}" x="{left:.1f}" y="{y}" width="{width:.1f}" height="{ROW - 8}"/>'
    return f"{_name(label, y)}{thread}{bar}{_value(max(before, after), y, shown)}"


def _name(label: str, y: int) -> str:
    return (
        f'<text class="label" x="{LABEL - 8}" y="{y + 14}" text-anchor="end">'
        f"{escape_text(short_label(label))}</text>"
    )


def _value(x: float, y: int, shown: str) -> str:
    # A true minus sign is as wide as the plus sign.
    return f'<text x="{x + 6:.1f}" y="{y + 14}">{escape_text(shown.replace("-", chr(0x2212)))}</text>'

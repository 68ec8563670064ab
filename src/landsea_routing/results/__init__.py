"""What questions give back: frozen arrays with labels, that only read themselves.

Order of import inside this folder: _show, records, route, choices, skim, catchment, shares, assignment,
bottlenecks, limits, supply, corridors, paired, sankey, moved, waterfall, comparison, comparisons, breakeven,
answer, sweep, criticality, sensitivity, design. `_show` alone reaches up to report, when a result is shown.
"""

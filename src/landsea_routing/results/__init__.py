"""What questions give back: frozen arrays with labels, that only read themselves.

Order of import inside this folder: _show, records, route, choices, indicators, skim, catchment,
shares, _paths, assignment, bottlenecks, limits, supply, corridors, paired, sankey, moved, waterfall,
comparison, comparisons, breakeven, answer, sweep, criticality, sensitivity, design, calibration. `_show`
alone reaches up to report, when a result is shown.
"""

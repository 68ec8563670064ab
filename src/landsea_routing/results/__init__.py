"""What questions give back: frozen arrays with labels, that only read themselves.

Order of import inside this folder: _show, route, choices, skim, catchment, assignment, bottlenecks,
limits, supply, comparison, breakeven, sweep, criticality, sensitivity, design.
`_show` alone reaches up to report, when a result is shown.
"""

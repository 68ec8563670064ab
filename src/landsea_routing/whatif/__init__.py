"""What if: scenarios as named edits laid over a network, and the comparison of two answers.

Order of import inside this folder: edits, targets, apply, scenario, files, compare, parameter, breakeven,
seasons, questions, runs, watch, projects, answers, levers, asks, store, sweep, criticality, sensitivity,
design, search, identify, calibrate, spread.
"""

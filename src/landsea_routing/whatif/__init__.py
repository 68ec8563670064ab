"""What if: scenarios as named edits laid over a network, and the comparison of two answers.

Order of import inside this folder: edits, targets, apply, scenario, files, compare, parameter, breakeven,
seasons, candidates, investment, design, questions, runs, watch, projects, portfolio, answers, levers, asks,
store, sweep, criticality, sensitivity, search, fit, identify, calibrate, spread.
"""

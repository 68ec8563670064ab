"""What a network is: tables as data, their schema, their checks.

Order of import inside this folder: words, calendars, column, schema, table, network, names, checks.
"""

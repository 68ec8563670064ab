"""What people look at: tables, maps and self-contained pages. Nothing here computes a result.

The files import each other in this order, each only from those before it:

1. ``_html``    the one place where text is escaped and a document is put together
2. ``tables``   number formatting, tables for terminals and for pages
3. ``basemap``  land outlines, clipping, projection
4. ``_marks``   what a map shows (lines, places, layers) and with which classes and widths
5. ``_labels``  which place names fit, at which scale
6. ``_legend``  legend, layer buttons, zoom buttons
7. ``map``      the picture of a network and its flows
8. ``page``     sections in, one offline HTML document out
9. ``bars``     one number for each of a few things, as bars
10. ``network_map``, ``difference_map`` and ``waterfall``: plans and what changes between them
11. ``comparison``, then ``demo`` and ``answer``: pages of whole results

``static/`` holds the style sheet and the script that every page carries inside itself.
"""

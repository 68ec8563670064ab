"""What people look at: tables, maps and self-contained pages. Nothing here computes a result.

The files import each other in this order, each only from those before it:

1. ``_html``    the one place where text is escaped and a document is put together
2. ``tables``   number formatting, tables for terminals and for pages
3. ``basemap``  land outlines, clipping, projection
4. ``_marks``   what a map shows (lines, places, layers) and with which classes and widths
   ``_hues``    in which colours, for what is drawn without the style sheet
5. ``_labels``  which place names fit, at which scale
6. ``_legend``  legend, layer buttons, zoom buttons
7. ``map_paths``, then ``map_svg`` and, of many lines, ``map_canvas``: the picture of a network
8. ``map``      the picture with legend and buttons: a network and its flows, or routes
9. ``page``     sections in, one offline HTML document out
10. ``bars``    one number for each of a few things, as bars; ``sankey``: what flows on from layer to layer
11. ``profile``, ``corridor_chart``  routes over distance: hours and money with their steps
12. ``network_map``, ``difference_map`` and ``waterfall``: plans and what changes between them
13. ``comparison``, then ``demo``, ``answer``, ``plan_page`` and ``route_page``: pages of whole results
14. ``pictures``  maps and charts with matplotlib
15. ``show``    whatever can be looked at: `to_html` and `plot`
16. ``deck_tables``, ``deck_page`` and ``deck``: networks of any size, drawn by the graphics card

``static/`` holds the style sheet and the scripts that every page carries inside itself.
"""

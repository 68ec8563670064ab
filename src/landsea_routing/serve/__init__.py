"""A page on this machine that answers what-if questions while sliders move; it listens on loopback only.

The files import each other in this order, each only from those before it:

1. ``controls``  what a reader has ticked and moved, read from JSON
2. ``desk``      the plan of each setting of the controls, solved from the nearest plan before it
3. ``sliders``   capacities and border hours that can be moved, with ranges and words
4. ``answer``    what the page shows of a plan: figures, pictures, tables
5. ``page``      the document with its controls
6. ``app``       routes, and what is refused
7. ``listen``    the server

``static/`` holds what the style sheet and the script of this page have beyond those of every page.
"""

"""Railways, roads and ferries of OpenStreetMap as our tables, from a local extract or an OSMnx graph.

Order of import inside this folder: tags -> ways -> chains -> rows -> extract.

Ways are cut where lines meet, where what holds of them changes and at terminals; what lies between is
merged to one link, as long as the line on WGS84. A track of a double line is a link of its own.

Kept are ends, mode, gauge (`1435;1520` is dual gauge), status, direction, length and course; electrification,
usage and names go to notes. Dropped, and counted in `dropped`, are what no freight takes (trams, sidings
unless asked for, what is abandoned) and railways whose gauge is not told or not known here. OpenStreetMap
knows no prices, hours, capacities or borders of states: those are asked for or left for tables of one's own.

Data of OpenStreetMap is under the Open Database Licence: whoever publishes what comes out must say so.
"""

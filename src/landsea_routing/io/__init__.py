"""Networks in and out of files.

Order of import inside this folder: atomic, cells, lines, settings, courses, crs, assemble, csv_folder,
packaged, foreign; then the formats: gmns_foreign, gmns; geojson; frames, geopackage, geoparquet; nx_graph;
detect; dimacs.
"""

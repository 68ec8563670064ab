"""Networks in and out of files, and what belongs to them: demand, graphs and problems for kernels.

Order of import inside this folder: atomic, cells, features, lines, settings, courses, crs, assemble,
csv_folder, packaged, foreign; then the formats: gmns_foreign, gmns; geojson; frames, geopackage,
geoparquet; nx_graph; detect. Beside them, for demand and kernels: text_lines, then dimacs; dimacs_paths;
tntp, tntp_trips; omx, omx_demand; sphere, sea_lanes, sea_links; and the folder osm.
"""

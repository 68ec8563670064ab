"""Networks in and out of files, and what belongs to them: demand, graphs and problems for kernels.

Order of import inside this folder: atomic, text_lines; csv_folder -> packaged; dimacs; dimacs_paths; tntp;
omx -> omx_demand; sea_lanes; osm (its own docstring).
"""

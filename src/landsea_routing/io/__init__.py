"""Networks in and out of files.

Order of import inside this folder: atomic, csv_folder, packaged; atomic, lines, dimacs; lines, dimacs_paths.
"""

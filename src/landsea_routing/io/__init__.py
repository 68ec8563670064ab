"""Networks in and out of files.

Order of import inside this folder: csv_folder, packaged.
"""

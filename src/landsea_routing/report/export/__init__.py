"""Results as other programs want them: skims and flows out of the house. Networks leave by `io`.

``units`` stands before ``omx`` and ``xarray``; ``frames`` alone.
"""

"""twice"""

CHECKS = ()

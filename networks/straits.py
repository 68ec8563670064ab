"""Straits, canals, river mouths and capes: which are open to ships, and which a route to Europe passes."""

from __future__ import annotations

from typing import TypeAlias

LonLat: TypeAlias = tuple[float, float]

# Waters that the outlines close, as lines of (lon, lat) with half a width in km. Positions from common
# geographical knowledge, good to a few km, and moved by up to 20 km onto the water of the coarse outlines.
OPENINGS: dict[str, tuple[float, tuple[LonLat, ...]]] = {
    "Gulf of Suez and Suez Canal": (
        4.0,
        ((34.0, 27.1), (33.63, 27.6), (33.4, 27.9), (32.92, 28.58), (32.4, 29.7), (32.52, 29.93),
         (32.35, 30.3), (32.31, 30.7), (32.34, 31.25), (32.4, 31.75)),
    ),
    "Bab el-Mandeb": (8.0, ((44.2, 12.1), (43.4, 12.55), (43.15, 13.0), (42.6, 14.0))),
    "Malacca and Singapore Straits": (
        8.0,
        ((99.0, 4.6), (100.6, 3.1), (101.9, 2.1), (103.4, 1.12), (103.85, 1.1), (104.35, 1.15), (105.2, 1.8)),
    ),
    "Sunda Strait": (6.0, ((104.6, -6.6), (105.5, -6.1), (105.9, -5.85), (106.3, -5.2))),
    "Gibraltar": (4.0, ((-6.5, 35.85), (-5.6, 35.9), (-4.8, 35.95))),
    "Dover Strait": (8.0, ((0.2, 50.3), (1.0, 50.75), (1.5, 51.05), (2.2, 51.5))),
    "Great Belt and Fehmarn Belt": (
        4.0,
        ((11.3, 57.2), (11.3, 56.6), (10.9, 56.1), (10.75, 55.8), (10.8, 55.4), (10.8, 54.9), (11.1, 54.6),
         (11.6, 54.5), (12.2, 54.5), (13.2, 54.95)),
    ),
    "Kanmon Strait": (
        1.2,
        ((130.6, 34.03), (130.87, 33.96), (130.93, 33.92), (130.97, 33.95), (131.06, 33.93), (131.2, 33.88)),
    ),
    "Elbe to Hamburg": (1.5, ((7.8, 54.05), (8.6, 53.93), (9.1, 53.88), (9.45, 53.66), (9.9333, 53.55))),
    "Maas to Rotterdam": (1.5, ((3.7, 52.05), (4.1, 51.98), (4.4833, 51.9))),
    "Gulf of Finland to St Petersburg": (4.0, ((26.0, 59.9), (28.5, 60.0), (29.7, 59.99), (30.3, 59.9333))),
    "Kola Bay": (1.5, ((33.7, 69.7), (33.5, 69.3), (33.4, 69.1), (33.05, 68.9833))),
    "Yong River to Ningbo": (1.2, ((121.85, 30.08), (121.73, 29.97), (121.63, 29.94), (121.55, 29.8833))),
    "Pearl River mouth": (2.0, ((114.2, 21.8), (113.8, 22.2), (113.7, 22.63))),
    "Yangtze mouth": (1.5, ((122.6, 31.1), (122.0, 31.12), (121.75, 31.3), (121.52, 31.4), (121.5, 31.2167))),
    "Kara Gate": (8.0, ((56.5, 70.3), (58.0, 70.45), (59.5, 70.6))),
    "Vilkitsky Strait": (8.0, ((100.5, 77.6), (103.5, 77.95), (106.5, 77.9))),
    "Sannikov Strait": (8.0, ((135.5, 74.5), (139.5, 74.45), (143.5, 74.3))),
    "Bering Strait": (10.0, ((189.5, 65.3), (190.8, 65.9), (190.6, 66.6))),
}  # fmt: skip

# Waters that the outlines leave open and through traffic does not use.
CLOSINGS: dict[str, tuple[float, tuple[LonLat, ...]]] = {
    "channels of Zhoushan": (3.0, ((121.95, 29.9), (122.2, 30.0), (122.4, 29.95))),
}

# Straits and capes in the order from Asia to Europe; a little off the land.
MALACCA, DONDRA = (103.85, 1.1), (80.6, 5.75)
ACHEH, BAB_EL_MANDEB = (95.1, 6.0), (43.4, 12.55)
SUEZ, GIBRALTAR, USHANT, DOVER = (32.35, 30.3), (-5.6, 35.9), (-6.0, 48.7), (1.5, 51.05)
SKAGEN, GREAT_BELT, BORNHOLM = (10.8, 57.9), (10.8, 55.4), (14.4, 55.2)
SUNDA, GOOD_HOPE, CAPE_VERDE = (105.9, -5.85), (18.2, -34.7), (-18.2, 14.8)
BERING, DE_LONG, SANNIKOV = (190.8, 65.9), (178.5, 70.1), (139.5, 74.45)
VILKITSKY, KARA_GATE, NORTH_CAPE = (103.5, 77.95), (58.0, 70.45), (25.8, 71.5)
BY_SUEZ = (MALACCA, ACHEH, DONDRA, BAB_EL_MANDEB, SUEZ, GIBRALTAR, USHANT, DOVER)
BALTIC = (SKAGEN, GREAT_BELT, BORNHOLM)
TO_KARA = (BERING, DE_LONG, SANNIKOV, VILKITSKY, KARA_GATE)
ROUTES: dict[str, tuple[LonLat, ...]] = {
    "suez": BY_SUEZ,
    "suez_baltic": (*BY_SUEZ, *BALTIC),
    "cape": (SUNDA, GOOD_HOPE, CAPE_VERDE, USHANT, DOVER),
    "arctic_murmansk": TO_KARA,
    "arctic": (*TO_KARA, NORTH_CAPE),
}
LINK_ROUTES: dict[str, tuple[str, ...]] = {
    "suez": (
        "sea-shanghai-rotterdam", "sea-busan-rotterdam", "sea-yokohama-rotterdam",
        "sea-tianjin_port-rotterdam", "sea-dalian_port-rotterdam", "sea-shanghai-hamburg",
        "sea-busan-hamburg", "sea-dalian_port-hamburg",
    ),
    "suez_baltic": ("sea-vladivostok-st_petersburg", "sea-busan-st_petersburg", "sea-shanghai-st_petersburg"),
    "cape": ("sea-shanghai-rotterdam-2",),
    "arctic_murmansk": ("sea-vladivostok-murmansk",),
    "arctic": (
        "sea-busan-rotterdam-2", "sea-yokohama-rotterdam-2", "sea-dalian_port-rotterdam-2",
        "sea-shanghai-rotterdam-3",
    ),
}  # fmt: skip

"""OGC API – Features, Part 1 (OGC 17-069r4): grids, points and cases for QGIS and other map programs. See docs/howto/qgis.md."""

"""The map room: the map page, the base map under it, the grid editor and the big screen."""

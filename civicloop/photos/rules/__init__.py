"""Rules of photos: what counts as a picture, what it tells of itself, how its copies look. Plain Python and Pillow."""

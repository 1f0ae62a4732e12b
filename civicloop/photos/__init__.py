"""Pictures as evidence.

Owns: originals by content address, public copies and thumbnails, what EXIF told, perceptual hashes.
Asks: organisation (who sent it), the ledger.
Tells: PhotoStored.
"""

"""What the map asks the desk's door for: tiles, outlines, rates, the part in a popup, and the list that says the same in words."""

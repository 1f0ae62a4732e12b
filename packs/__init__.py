"""Standards as data: one folder per pack. Only here so that an installed CivicLoop finds them."""

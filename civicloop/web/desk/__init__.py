"""Pages of the command post and the units, one module per thing that is looked at."""

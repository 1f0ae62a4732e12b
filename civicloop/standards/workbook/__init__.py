"""A pack as the workbook that offices fill: written with `writing.write`, read back with `reading.read`."""

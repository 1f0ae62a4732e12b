"""Pages that edit what the campaign is run with: units, people, places, categories, calendars, parameters."""

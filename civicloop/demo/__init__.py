"""The demo city (演示城市): a real outline with invented offices, people and ninety days of cases.

Owns: nothing; it uses the doors' own actions to fill an empty database.
Asks: organisation, standards, photos and cases for their actions.
Tells: nothing.
"""

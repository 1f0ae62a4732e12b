"""Telling people outside the pages: robots, mail, SMS gateways, the browser.

Owns: what was handed to which channel for whom (Delivery, OutsideMessage), how digests, caps and quiet hours are counted.
Asks: loops (notices, and of each matter who may see it), residents and volunteers (who is reached without an account),
organisation (people and what they chose).
Tells: nothing; a message that could not be delivered stays visible.
"""

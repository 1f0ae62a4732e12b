"""Telling people outside the pages: robots, mail, SMS gateways, the browser.

Owns: what was handed to which channel for whom (Delivery), how digests, caps and quiet hours are counted.
Asks: loops (notices), cases (what a notice is about), organisation (people and what they chose).
Tells: nothing; a message that could not be delivered stays visible.
"""

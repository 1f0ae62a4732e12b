"""Boards, screens and leaflets (宣传阵地), and honours (荣誉): two small loops on the one engine.

Owns: Display (a loop), Honour (a loop).
Asks: loops (the engine), cases (a broken board is a case), organisation, photos.
Tells: nothing of its own.
"""

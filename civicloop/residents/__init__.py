"""The open door for residents: reports without an account, the code that follows them, answers, and the platform's own complaints.

Owns: Reporter, Report, Following, Feedback, Complaint (a loop), Plate, keys and updates of Open311.
Asks: cases (the ordinary actions), textintake, photos, organisation, standards.
Tells: that something was reported, answered, or asked to be reopened.
"""

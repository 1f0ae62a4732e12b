"""How residents see the city: questionnaires, samples, answers with their margin of error, and what is heard at the door.

Owns: Questionnaire, Survey, Stratum, Invitation, Response, DoorOpinion.
Asks: cases (an opinion may become a case), textintake (what is masked), loops (notices), organisation, standards.
Tells: whoever acts for a unit that a suggestion was passed on to it.
"""

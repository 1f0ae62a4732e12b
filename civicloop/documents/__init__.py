"""Papers (公文): notices, letters, briefs, bulletins, handbooks and summaries, written from the data and numbered when issued.

Owns: papers, their files and editable text blocks.
Asks: cases, inspection, scoring, insight, organisation, photos; changes none of them.
Tells: PaperIssued.
"""

"""The door for machines: REST under /api/v1/, described by OpenAPI 3.1.

Owns: nothing; tokens, receipts and cases belong to the floors below.
Asks: queries of cases, photos, standards and organisation; writes through their actions only.
Tells: answers in JSON, refusals as problem+json (RFC 9457) in the asker's language.
"""

"""OpenRosa 1.0, so that ODK Collect answers checklists offline: an adapter over `inspection.actions.submit`, not a second core.

The token stands in the address, `/or/<token>/…`, as phones are set up by a QR code; see docs/howto/odk-collect.md.
"""

"""Bringing files in."""

from civicloop.importing.actions.run import run_import

__all__ = ["run_import"]

"""Tables of an app that are made together: what a fresh database costs.

Django draws all related models anew after each single table, and nearly all of ours are related. An operation that makes the tables
of one migration at once draws them once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation, OperationCategory


class CreateTogether(Operation):
    """Create the tables of several models, with what is added to them in the same breath.

    `operations` are CreateModel, and additions (fields, indexes, constraints) to models that are among them; anything else is a
    ValueError. The tables are made as they stand at the end of the list.
    """

    category = OperationCategory.ADDITION
    reversible = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = list(operations)
        self.names = [one.name_lower for one in self.operations if isinstance(one, CreateModel)]
        for one in self.operations:
            added = isinstance(one, AddField | AddIndex | AddConstraint) and one.model_name.lower() in self.names
            if not (isinstance(one, CreateModel) or added):
                raise ValueError(f"not an addition to these tables: {one.describe()}")

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models as they are at the end; drawn once, if they are drawn at all."""
        drawn = state.__dict__.pop("apps", None)
        for one in self.operations:
            one.state_forwards(app_label, state)
        if drawn is not None:
            state.__dict__["apps"] = drawn
            state.reload_models({(app_label, name) for name in self.names}, delay=False)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """One table after the other; keys to tables that come later are added by the database's own deferred statements."""
        for model in self._models(app_label, schema_editor, to_state):
            schema_editor.create_model(model)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop them, the last one first."""
        for model in reversed(self._models(app_label, schema_editor, from_state)):
            schema_editor.delete_model(model)

    def _models(self, app_label: str, schema_editor: Any, state: Any) -> list[Any]:
        found = [state.apps.get_model(app_label, name) for name in self.names]
        return [one for one in found if self.allow_migrate_model(schema_editor.connection.alias, one)]

    def describe(self) -> str:
        """As `migrate --plan` shows it."""
        return f"Create the tables of {', '.join(self.names)}"

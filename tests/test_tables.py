"""Tables that are made together are the tables that would be made one by one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from civicloop.tables import CreateTogether

pytestmark = pytest.mark.django_db(transaction=True)


def operations() -> list[Any]:
    """A house and its rooms; each house names its best room, so that each table points to the other."""
    house, room = (
        models.ForeignKey("probe.house", models.CASCADE),
        models.ForeignKey("probe.room", models.CASCADE, null=True),
    )
    name = models.CharField(max_length=20)
    return [
        migrations.CreateModel("House", [("id", models.AutoField(primary_key=True)), ("name", name)]),
        migrations.CreateModel("Room", [("id", models.AutoField(primary_key=True)), ("house", house)]),
        migrations.AddField("house", "best", room),
        migrations.AddIndex("house", models.Index(fields=["name"], name="house_by_name")),
        migrations.AddConstraint(
            "house", models.CheckConstraint(condition=~models.Q(name=""), name="house_has_a_name")
        ),
    ]  # fmt: skip


def moved(parts: list[Any], *, drawn: bool) -> ProjectState:
    """The state after these operations, each carried out on the database."""
    state = ProjectState()
    if drawn:
        assert state.apps
    with connection.schema_editor() as editor:
        for one in parts:
            before = state.clone()
            one.state_forwards("probe", state)
            one.database_forwards("probe", editor, before, state)
    return state


def found() -> dict[str, Any]:
    with connection.cursor() as cursor:
        return {
            table: (
                sorted(
                    (one.name, one.null_ok) for one in connection.introspection.get_table_description(cursor, table)
                ),
                sorted(
                    (tuple(one["columns"]), one["unique"], one["check"], one["index"], one["foreign_key"])
                    for one in connection.introspection.get_constraints(cursor, table).values()
                ),
            )
            for table in ("probe_house", "probe_room")
        }


def drop(state: ProjectState, together: CreateTogether) -> None:
    with connection.schema_editor() as editor:
        together.database_backwards("probe", editor, state, ProjectState())


@pytest.mark.parametrize("drawn", [True, False], ids=["as migrate does it", "from nothing"])
def test_together_or_one_by_one_the_database_is_the_same(drawn: bool) -> None:
    together = CreateTogether(operations())
    single = moved(operations(), drawn=drawn)
    one_by_one = found()
    drop(single, together)

    state = moved([together], drawn=drawn)
    at_once = found()
    drop(state, together)

    assert at_once == one_by_one
    assert state.models.keys() == single.models.keys()
    assert state == single
    assert "probe_house" not in connection.introspection.table_names()
    assert together.describe() == "Create the tables of house, room"


def test_only_what_belongs_to_its_own_tables_is_taken() -> None:
    elsewhere = migrations.AddIndex("garden", models.Index(fields=["name"], name="garden_by_name"))
    with pytest.raises(ValueError, match="not an addition"):
        CreateTogether([*operations(), elsewhere])
    with pytest.raises(ValueError, match="not an addition"):
        CreateTogether([migrations.RunSQL("SELECT 1")])

"""Foreign keys point downwards too: a key written as a string escapes the import linter."""

from __future__ import annotations

from django.apps import apps
from django.db.models import Model

from tests.house.sources import PACKAGE, floors


def own_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("civicloop.")]


def floor_of(model: type[Model]) -> int:
    return floors()[model.__module__.split(".")[1]]


def test_there_are_models_to_look_at() -> None:
    assert len(own_models()) > 5


def test_foreign_keys_point_downwards() -> None:
    upwards = [
        f"{model.__name__}.{field.name} -> {field.related_model.__name__}"
        for model in own_models()
        for field in [*model._meta.fields, *model._meta.many_to_many]
        if field.related_model in own_models() and floor_of(field.related_model) > floor_of(model)
    ]

    assert upwards == []


def test_every_package_has_its_floor() -> None:
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")} - {"locale"}

    assert packages <= set(floors())

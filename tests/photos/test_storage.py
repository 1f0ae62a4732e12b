"""Which store the settings name. Nothing here talks to one."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from storages.backends.s3 import S3Storage

from civicloop.photos import storage


def test_without_a_setting_the_store_is_a_folder_of_the_data_folder(folder: Path) -> None:
    store = storage.storage()

    assert isinstance(store, storage.PhotoFolder)
    assert Path(store.location) == folder


def test_an_s3_address_names_bucket_prefix_and_options(settings: Any) -> None:
    settings.PHOTO_STORAGE = (
        "s3://evidence/city/photos?endpoint=https://store.example:9000&region=cn-north-1&style=path"
    )

    store = storage.storage()

    assert isinstance(store, S3Storage)
    assert (store.bucket_name, store.location) == ("evidence", "city/photos")
    assert (store.endpoint_url, store.region_name) == ("https://store.example:9000", "cn-north-1")
    assert store.client_config.s3 == {"addressing_style": "path"}
    assert store.default_acl is None, "objects are as private as the bucket"
    assert store.get_available_name("originals/ab/x") == "originals/ab/x"


def test_an_s3_object_carries_the_type_of_the_picture(settings: Any) -> None:
    settings.PHOTO_STORAGE = "s3://evidence"
    sent: dict[str, Any] = {}

    class Bucket:
        """Stands for the network: keeps what would be sent."""

        content_length = 0

        def __init__(self, name: str = "") -> None:
            self.name = name

        def Object(self, name: str) -> Bucket:  # noqa: N802
            return Bucket(name)

        def upload_fileobj(self, content: Any, ExtraArgs: Any, Config: Any) -> None:  # noqa: N803
            sent.update(name=self.name, data=content.read(), **ExtraArgs)

    store = storage.storage()
    assert isinstance(store, S3Storage)
    store._bucket = Bucket()

    storage.put("originals/ab/x", BytesIO(b"picture"), size=7, media_type="image/heic")

    assert sent == {"name": "originals/ab/x", "data": b"picture", "ContentType": "image/heic"}
    storage._built.cache_clear()


@pytest.mark.parametrize(
    "address", ["s3://", "evidence", "https://store.example/evidence", "s3://evidence?acl=public-read"]
)
def test_an_address_that_says_something_else_is_refused_at_once(address: str, settings: Any) -> None:
    settings.PHOTO_STORAGE = address

    with pytest.raises(ImproperlyConfigured, match="CIVICLOOP_PHOTO_STORAGE"):
        storage.storage()


def test_a_file_of_another_size_is_written_anew(folder: Path) -> None:
    for data in (b"cut", b"whole"):
        storage.put("originals/ab/x", BytesIO(data), size=len(data), media_type="image/png")

    assert (folder / "originals/ab/x").read_bytes() == b"whole"
    assert list((folder / "incoming").iterdir()) == []


def test_names_cannot_leave_the_folder(folder: Path) -> None:
    from django.core.exceptions import SuspiciousOperation

    with pytest.raises(SuspiciousOperation):
        storage.put("../outside", BytesIO(b"x"), size=1, media_type="image/png")

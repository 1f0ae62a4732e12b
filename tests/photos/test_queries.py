"""Looking at copies and originals, and looking after the store."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner
from django.utils import timezone
from PIL import Image

from civicloop.kernel.refusal import Invalid, NotAllowed, NotFound
from civicloop.ledger.queries import history
from civicloop.organisation.models import Person
from civicloop.organisation.rules.roles import Role
from civicloop.photos import actions, queries
from civicloop.photos.commands import commands
from civicloop.photos.models import Photo
from civicloop.photos.rules.address import Size, copy_name, original_name
from civicloop.photos.tasks import make_copies
from tests.photos.conftest import MONDAY_NINE
from tests.photos.pictures import as_bytes, camera_exif, street


@dataclass(frozen=True)
class Asker:
    person_id: int
    person_uid: UUID
    roles: frozenset[str] = frozenset()


def asker(person: Person, *roles: str) -> Asker:
    return Asker(person.pk, person.uid, frozenset(roles))


@pytest.fixture
def photo(folder: Path, sender: Person) -> Photo:
    data = as_bytes(street((2400, 1800)), exif=camera_exif(orientation=6))
    return actions.store(BytesIO(data), sha256=None, by=sender, at=MONDAY_NINE)


def shown(photo: Photo, size: Size) -> Image.Image:
    with queries.public_copy(photo, size) as file:
        image = Image.open(BytesIO(file.read()))
        image.load()
        return image


@pytest.mark.parametrize(("size", "extent"), [(Size.PAGE, (1200, 1600)), (Size.THUMB, (240, 320))])
def test_a_copy_is_small_upright_and_silent(photo: Photo, size: Size, extent: tuple[int, int]) -> None:
    image = shown(photo, size)

    assert (image.format, image.size) == ("JPEG", extent)
    assert not image.getexif()
    red, green, _ = image.convert("RGB").getpixel((extent[0] - 5, 5))  # type: ignore[misc]
    assert red > 180 > green, "the bin of the upper left corner stands in the upper right one"


def test_nothing_the_camera_wrote_is_left_in_the_bytes_of_a_copy(photo: Photo) -> None:
    with queries.public_copy(photo, Size.PAGE) as file:
        data = file.read()

    assert not [word for word in (b"Exif", b"Lotus", b"PictureEditor", b"2026:11:23") if word in data]


def test_copies_are_made_by_the_job_that_follows_the_photo(
    copies_follow: None, photo: Photo, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert all((folder / copy_name(photo.sha256, size)).exists() for size in Size)

    (folder / original_name(photo.sha256)).unlink()
    make_copies(photo.sha256)  # a job runs at least once: the second time there is nothing to read
    assert shown(photo, Size.THUMB).size == (240, 320)


def test_a_missing_copy_is_made_when_it_is_asked_for(photo: Photo, folder: Path) -> None:
    assert not (folder / copy_name(photo.sha256, Size.THUMB)).exists()

    shown(photo, Size.THUMB)
    before = (folder / copy_name(photo.sha256, Size.THUMB)).stat().st_mtime_ns
    shown(photo, Size.THUMB)

    assert (folder / copy_name(photo.sha256, Size.THUMB)).stat().st_mtime_ns == before


def test_a_copy_of_a_lost_original_is_not_found(photo: Photo, folder: Path) -> None:
    (folder / original_name(photo.sha256)).unlink()

    with pytest.raises(NotFound):
        queries.public_copy(photo, Size.PAGE)


def test_a_photo_is_found_by_its_address_and_by_nothing_else(photo: Photo) -> None:
    assert queries.get(photo.sha256.upper()) == photo
    for wrong in ("0" * 64, "../secret", ""):
        with pytest.raises(NotFound):
            queries.get(wrong)


@pytest.mark.parametrize("role", [Role.FILER, Role.VERIFIER, Role.SUPERVISOR, Role.AUDITOR])
def test_reading_an_original_is_kept_in_the_ledger_with_its_purpose(photo: Photo, someone: Person, role: Role) -> None:
    with queries.original(photo, actor=asker(someone, role), purpose="compare times", at=MONDAY_NINE) as file:
        assert b"Lotus" in file.read()

    line = history("photo", photo.uid).last()
    assert line is not None
    assert (line.verb, line.by) == ("personal_data.read", someone.uid)
    assert line.data == {"fields": ["original"], "purpose": "compare times"}


def test_the_sender_may_read_his_own_original(photo: Photo, sender: Person) -> None:
    with queries.original(photo, actor=asker(sender), purpose="my own", at=MONDAY_NINE) as file:
        assert file.size == photo.size


def test_others_may_not_read_an_original(photo: Photo, someone: Person) -> None:
    roles = [role for role in Role if role not in (Role.FILER, Role.VERIFIER, Role.SUPERVISOR, Role.AUDITOR)]

    with pytest.raises(NotAllowed) as refused:
        queries.original(photo, actor=asker(someone, *roles), purpose="curious", at=MONDAY_NINE)

    assert refused.value.about == ("photo", str(photo.uid))
    assert history("photo", photo.uid).count() == 1


def test_nobody_without_a_name_owns_a_picture_without_a_sender(folder: Path, someone: Person) -> None:
    photo = actions.store(BytesIO(as_bytes(street())), sha256=None, by=None, at=MONDAY_NINE)

    with pytest.raises(NotAllowed):
        queries.original(photo, actor=asker(someone), purpose="curious", at=MONDAY_NINE)


def test_an_original_is_not_read_without_a_purpose(photo: Photo, sender: Person) -> None:
    with pytest.raises(Invalid, match="purpose_needed"):
        queries.original(photo, actor=asker(sender), purpose="  ", at=MONDAY_NINE)

    assert history("photo", photo.uid).count() == 1


def test_check_finds_nothing_where_all_is_well(photo: Photo) -> None:
    result = CliRunner().invoke(commands[0], ["check"])

    assert (result.exit_code, photo.sha256 in result.output) == (0, False)


def test_check_names_missing_and_damaged_files_and_those_nobody_owns(photo: Photo, folder: Path) -> None:
    lost = actions.store(BytesIO(as_bytes(street((64, 64)))), sha256=None, by=None, at=MONDAY_NINE)
    (folder / original_name(lost.sha256)).unlink()
    (folder / original_name(photo.sha256)).write_bytes(b"something else")
    abandoned = folder / original_name("ab" * 32)
    part = folder / "incoming" / "left.part"
    long_ago = (timezone.now() - timedelta(hours=2)).timestamp()
    for path in (abandoned, part):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"left behind")
        os.utime(path, (long_ago, long_ago))
    arriving = folder / original_name("cd" * 32)
    arriving.parent.mkdir(parents=True, exist_ok=True)
    arriving.write_bytes(b"on its way")

    result = CliRunner().invoke(commands[0], ["check"])

    assert set(queries.findings()) == {
        queries.Finding(lost.sha256, queries.Fault.MISSING),
        queries.Finding(photo.sha256, queries.Fault.DAMAGED),
    }
    named = {line.split("  ")[0] for line in result.output.splitlines()[:-1]}
    assert result.exit_code == 1
    assert named == {lost.sha256, photo.sha256, original_name("ab" * 32), "incoming/left.part"}

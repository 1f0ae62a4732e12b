"""Keeping pictures: what is taken, what is refused, and that a crash or a race leaves nothing half-done."""

from __future__ import annotations

import threading
import tracemalloc
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection

from civicloop.kernel.fingerprint import from_signed64, hamming, phash64
from civicloop.kernel.refusal import Invalid, TooLarge
from civicloop.ledger.queries import history
from civicloop.organisation.models import Person
from civicloop.photos import actions
from civicloop.photos.models import Photo
from civicloop.photos.rules.address import original_name
from tests.photos.conftest import MONDAY_NINE
from tests.photos.pictures import Zeros, as_bytes, camera_exif, png_bomb, sha256, street

KINDS = [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("HEIF", "image/heic")]


def keep(data: bytes, by: Person | None = None, claimed: str | None = None) -> Photo:
    return actions.store(BytesIO(data), sha256=claimed, by=by, at=MONDAY_NINE)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "media_type"), KINDS)
def test_a_picture_is_kept_under_the_hash_of_its_bytes(
    kind: str, media_type: str, folder: Path, sender: Person
) -> None:
    data = as_bytes(street(), kind)

    photo = keep(data, by=sender, claimed=sha256(data).upper())
    photo.refresh_from_db()

    assert (photo.sha256, photo.media_type, photo.size) == (sha256(data), media_type, len(data))
    assert (photo.width, photo.height) == (640, 480)
    assert (photo.sent_by, photo.received_at) == (sender, MONDAY_NINE)
    assert (folder / original_name(photo.sha256)).read_bytes() == data
    assert hamming(from_signed64(photo.phash or 0), phash64(street())) <= 4


@pytest.mark.django_db
def test_the_ledger_has_a_line_about_it(folder: Path, sender: Person) -> None:
    photo = keep(as_bytes(street()), by=sender)

    line = history("photo", photo.uid).get()
    assert (line.verb, line.by, line.at) == ("stored", sender.uid, MONDAY_NINE)


@pytest.mark.django_db
def test_time_and_place_in_the_exif_are_kept(folder: Path) -> None:
    photo = keep(as_bytes(street(), exif=camera_exif()))
    photo.refresh_from_db()

    assert photo.taken_at == MONDAY_NINE
    assert (photo.taken_lon, photo.taken_lat) == (118.15, 24.725)
    assert (photo.exif["make"], photo.exif["software"]) == ("Lotus", "PictureEditor 3")


@pytest.mark.django_db
def test_a_picture_that_lies_on_its_side_is_measured_as_people_see_it(folder: Path) -> None:
    photo = keep(as_bytes(street(), exif=camera_exif(orientation=6)))

    assert (photo.width, photo.height) == (480, 640)
    assert photo.exif["orientation"] == 6


@pytest.mark.django_db
def test_the_same_picture_sent_again_is_the_same_photo(folder: Path, sender: Person, someone: Person) -> None:
    data = as_bytes(street())

    first, second = keep(data, by=sender), keep(data, by=someone)

    assert first == second
    assert second.sent_by == sender
    assert history("photo", first.uid).count() == 1
    assert files(folder) == [original_name(first.sha256)]


@pytest.mark.django_db
def test_bytes_other_than_claimed_are_refused_even_if_the_claim_is_known(folder: Path) -> None:
    known = keep(as_bytes(street()))

    with pytest.raises(Invalid, match="sha256_mismatch") as refused:
        keep(as_bytes(street((64, 64))), claimed=known.sha256)

    assert refused.value.field == "sha256"
    assert Photo.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("claim", ["../../etc/passwd", "g" * 64, "a" * 63, "a" * 64 + "\n"])
def test_a_claim_that_is_no_hash_is_refused(claim: str, folder: Path) -> None:
    with pytest.raises(Invalid, match="sha256_malformed"):
        keep(as_bytes(street()), claimed=claim)


@pytest.mark.django_db
def test_two_hundred_megabytes_are_refused_without_reading_or_holding_them(folder: Path) -> None:
    upload = Zeros(200 * 1024 * 1024)

    tracemalloc.start()
    with pytest.raises(TooLarge, match="photo_too_large"):
        actions.store(upload, sha256=None, by=None, at=MONDAY_NINE)  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert upload.taken <= 30 * 1024 * 1024 + actions.CHUNK
    assert peak < 8 * 1024 * 1024
    assert not folder.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "photo_empty"),
        (b"%PDF-1.7 not a picture", "photo_unknown_kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo_unknown_kind"),
        (as_bytes(street((64, 64)), "GIF"), "photo_unknown_kind"),
        (as_bytes(street())[:-4000], "photo_broken"),
        (png_bomb(20_000, 20_000), "photo_too_many_pixels"),
    ],
    ids=["empty", "pdf", "svg", "gif", "truncated", "bomb"],
)
def test_what_is_no_whole_picture_is_refused_and_nothing_is_kept(data: bytes, code: str, folder: Path) -> None:
    with pytest.raises(Invalid, match=code):
        keep(data)

    assert not Photo.objects.exists()
    assert not folder.exists()


@pytest.mark.django_db
def test_an_upload_that_breaks_off_leaves_nothing(folder: Path) -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise ConnectionResetError("the phone went into a tunnel")
            return super().read(1000)

    with pytest.raises(ConnectionResetError):
        actions.store(Broken(as_bytes(street())), sha256=None, by=None, at=MONDAY_NINE)

    assert not folder.exists()


@pytest.mark.django_db
def test_a_crash_between_file_and_row_is_mended_by_sending_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = as_bytes(street())

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(actions, "_keep_row", killed)
        with pytest.raises(KeyboardInterrupt):
            keep(data)
    assert files(folder) == [original_name(sha256(data))]
    assert not Photo.objects.exists()

    assert keep(data).sha256 == sha256(data)
    assert files(folder) == [original_name(sha256(data))]


@pytest.mark.django_db
def test_a_full_disk_leaves_no_file_and_no_row(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space left"):
            keep(as_bytes(street()))

    assert files(folder) == []
    assert not Photo.objects.exists()


@pytest.mark.django_db
def test_a_lost_file_comes_back_when_the_picture_is_sent_again(folder: Path) -> None:
    data = as_bytes(street())
    photo = keep(data)
    (folder / original_name(photo.sha256)).unlink()

    keep(data)

    assert (folder / original_name(photo.sha256)).read_bytes() == data


@pytest.mark.usefixtures("emptied_afterwards")
def test_the_same_picture_sent_by_many_at_once_is_one_photo(folder: Path) -> None:
    data = as_bytes(street())
    start = threading.Barrier(4)
    kept: list[object] = []

    def send() -> None:
        try:
            start.wait()
            kept.append(keep(data).pk)
        except Exception as problem:
            kept.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert kept == [sha256(data)] * 4
    photo = Photo.objects.get()
    assert history("photo", photo.uid).count() == 1
    assert files(folder) == [original_name(photo.sha256)]


@pytest.mark.django_db
def test_originals_may_be_read_by_our_own_user_only(folder: Path) -> None:
    path = folder / original_name(keep(as_bytes(street())).sha256)

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_any_store_that_speaks_djangos_language_will_do(in_memory: None, folder: Path) -> None:
    data = as_bytes(street())

    assert keep(data) == keep(data)
    assert not folder.exists()

"""Every sentence of the phone program, in English as its scripts have it, so that the catalogue of translations knows them.

A script says `t("Hand in")`; the program fetches the translations of this list as one JSON file per language. A test holds the
list against the scripts. Words of codes come from where the rest of the house has them.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from civicloop.web.ui.inspectwords import ASPECTS
from civicloop.web.ui.words import KINDS

STATUSES = {
    "waiting": _("not sent"),
    "sent": _("sent, not in effect yet"),
    "applied": _("in effect"),
    "refused": _("turned down"),
    "needs_you": _("needs you"),
    "withdrawn": _("taken back"),
}
ANSWERS = {
    "met": _("met"),
    "not_met": _("not met"),
    "not_applicable": _("not applicable"),
    "cannot_tell": _("cannot tell"),
}
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
GROUPS = {"status": STATUSES, "answer": ANSWERS, "photo": KINDS, "aspect": ASPECTS}
TEXTS = (
    # app.js
    _("Another tab runs a newer version. Load this page again."),
    _("This browser gives no room for keeping records. A private window, or a full phone, may be the reason."),
    _("Saved on this phone. It is sent as soon as there is a network."),
    _("Main"),
    _("Back"),
    _("no network"),
    _("log in"),
    _("server busy"),
    _("all sent"),
    _("{n} not sent, oldest {span}"),
    _("{n} need you"),
    _("{n} sent, not in effect yet"),
    _("Load again"),
    _("Today"),
    _("Nearby"),
    _("Report"),
    _("Outbox"),
    _("Settings"),
    # versions.js
    _("Something is being sent. Try again in a moment."),
    # words.js
    _("{n} min"),
    _("{n} h"),
    _("{n} days"),
    # geo.js
    _("to the north"),
    _("to the north-east"),
    _("to the east"),
    _("to the south-east"),
    _("to the south"),
    _("to the south-west"),
    _("to the west"),
    _("to the north-west"),
    _("{n} m"),
    _("{n} km"),
    _("right here"),
    _("{length} {direction}"),
    # drafts.js
    _("This phone is full: nothing more can be taken. Send what waits, or free some room. What is here stays."),
    _("No more than {n} photos can be taken here."),
    _("This photo is too large: {size}."),
    # camera.js
    _("the picture before"),
    _("How strongly the picture before shows"),
    _("Take the same view again"),
    _("Cancel"),
    _("Take the photo"),
    # files.js
    _("Records not sent"),
    # views/parts.js
    _("overdue since {when}"),
    _("due {when}"),
    _("to be reviewed by {when}"),
    _("No position is known for this place."),
    _("{away} from where you stand (±{n} m)"),
    _("You stand at the place (±{n} m)"),
    _("Looking for your position"),
    _("You can go on; the distance is noted."),
    _("The browser may not read your position. It can be allowed in the browser's settings."),
    _("No position just now. Write the place in words, or wait."),
    _("No position just now. Everything works without; it is noted when it comes."),
    _("Remove {name}"),
    _("Remove"),
    _("(may be empty)"),
    _("Kept on this phone at {at}; not handed in yet"),
    _("Not kept: {fault}"),
    _("{span} ago"),
    # views/voicefield.js
    _("Voice note"),
    _("Voice note, {n} s"),
    _("{n} s"),
    _("Record a voice note (at most {n} s)"),
    _("Stop: {n} s"),
    _("Stop"),
    _("Listen"),
    _("The browser may not use the microphone. It can be allowed in the browser's settings."),
    # views/routes.js
    _("The first time, this program needs a network. There is none just now."),
    _("Log in once; afterwards everything works without a network."),
    _("Field work"),
    _("Try again"),
    _("Log in"),
    _("Here come your visits and cases of the day."),
    _("They have not been fetched yet: that needs a network once."),
    _("Fetch now"),
    _("The log-in has ended. You can go on working; nothing is sent until you log in again."),
    # views/today.js
    _("Begun"),
    _("Visits to make"),
    _("No visit is left for today."),
    _("Visits are planned with a round; new ones come with the next network."),
    _("Cases that wait for you"),
    _("No case waits for you."),
    _("Reported from this phone"),
    _("Visits handed in: {n}"),
    _("planned {at}"),
    _("Visit"),
    _("not handed in; last changed {at}"),
    _("As the server had it at {at}"),
    _("These are the visits and cases of {day}. Those of today come with the next network."),
    _("This phone is nearly full. Send what waits before taking more photos."),
    _("{n} records of somebody else wait on this phone. They are sent when that person logs in here."),
    _("A new version of this program is ready."),
    _("Use it now"),
    # views/visit.js
    _("This visit is not in the parcel of today."),
    _("Map"),
    _("Look again at case {number}: is it still in order?"),
    _("This visit is {state}."),
    _("The edition of this round has no checklist for this kind of place. Ask the campaign office."),
    _("Begin: {n} items"),
    _("Your answer"),
    _("A photo is needed."),
    _("{n} of {all}"),
    _("Not a fault:"),
    _("How to look"),
    _("Overview"),
    _("Next item"),
    _("Photos"),
    _("What was seen"),
    _("done particularly well"),
    _("{what}: at most {n}"),
    _("{what}: at least {n}"),
    _("for every {m} m"),
    _("The count decides the answer."),
    _("Counted"),
    _("Metres walked"),
    _("no answer yet"),
    _("count missing"),
    _("metres missing"),
    _("photo missing"),
    _("{n} items still lack something."),
    _("All items are answered."),
    _("Note on the whole visit"),
    _("Hand in"),
    _("Throw away all answers and photos of this visit?"),
    _("Throw this draft away"),
    _("Other faults"),
    _("What the checklist does not ask. It becomes a case and is not scored."),
    _("Add a fault"),
    _("Category"),
    _("Choose a category"),
    _("Fault"),
    _("What is wrong"),
    _("Take this fault off"),
    _("Item {n}, “{text}”: {lack}."),
    _("An added fault has no category yet."),
    # views/case.js
    _("Case"),
    _("This case is not in the parcel of today."),
    _("no place in words"),
    _("Reported from this phone. What you add now follows it, in order."),
    _("Handed in from this phone"),
    _("What you can do"),
    _("Nothing: others must act."),
    _("Unit"),
    _("Grid"),
    _("Reported at"),
    _("Supervised"),
    _("yes"),
    _("A photo is needed: the same view as before, after the work."),
    _("Standard texts"),
    _("{field}: still empty"),
    _("A photo is needed for this step."),
    # views/report.js
    _("Used lately"),
    _("No category has these words. Try a shorter one."),
    _("There are more: another word narrows it down."),
    _("What is wrong?"),
    _("Words or a code"),
    _("At least one photo is needed."),
    _("Place in words"),
    _("Danger for people: urgent"),
    _("Place: {name}"),
    _("Place: {lon}, {lat} (±{n} m)"),
    _("Place"),
    _("Where I stand now"),
    _("Open cases of this kind right here. Is it one of them?"),
    _("Where is it? Wait for the position, or write the place in words."),
    # views/nearby.js
    _("Your position: ±{n} m"),
    _("Here stand the points and open cases around you."),
    _("The parcel of today has none of this kind."),
    _("all"),
    _("cases"),
    _("points"),
    _("What is shown"),
    _("to visit today"),
    # views/map.js
    _("Map of the points and cases in the parcel; the list beside says the same"),
    _("Closer"),
    _("Farther"),
    _("Fetching the map"),
    _("The map could not be fetched. The list works without a network."),
    _("Where I stand"),
    _("As a list"),
    _("point"),
    _("open case"),
    _("overdue"),
    _("you"),
    # views/outbox.js
    _("Sending"),
    _("Send now"),
    _("Save as a file"),
    _("What you hand in stands here until it is in effect."),
    _("Nothing waits."),
    _("Needs you"),
    _("Handed in"),
    _(
        "Sent means: the server has it. In effect means: it counts. What is in effect is listed here for three more days."
    ),
    _("There is no network. What waits is sent by itself when there is one."),
    _(
        "A network is there, but somebody else answers: it may want a log-in of its own (hotel, station). What waits stays here."
    ),
    _("The server does not answer just now. It is tried again by itself."),
    _("Another tab of this program is sending."),
    _("Somebody else is logged in. Your records are sent when you log in again."),
    _("The phone could not write. Free some room."),
    _("photos: {n}"),
    _("A photo of this record is no longer on this phone."),
    _("A photo of this record was damaged on this phone."),
    _("The voice note of this record is lost or damaged on this phone."),
    _("The voice note is still to be sent."),
    _("The server could not read this record."),
    _("The server fails on this record."),
    _("Your decision is still to be sent."),
    _("Photos still to be sent: {n}"),
    _("Who can: {who}"),
    _("At the server"),
    _("In effect since"),
    _("Only on this phone"),
    _("How the case stands now"),
    _("Became:"),
    _("Others have reported something near: {numbers}"),
    _("Correct and send again"),
    _("Add a remark or a photo"),
    _("Already reported nearby: {n}. Others look after it."),
    _("What you noted about this case goes with it: {n}"),
    _("Try again as it is"),
    _("Let it take effect without the others"),
    _("Take it back"),
    _("It may have reached the server already. With the next network it can be taken back."),
    _("Delete this record and its photos from this phone? It is nowhere else."),
    _("What this record is about is not in the parcel of today, so it cannot be shown as a form."),
    _("It can be taken back or saved as a file."),
    # views/settings.js
    _("Language"),
    _("Text size"),
    _("usual"),
    _("large"),
    _("Colours"),
    _("as this device"),
    _("light"),
    _("dark"),
    _("Room on this phone"),
    _("{used} used of {quota}"),
    _("This browser does not say."),
    _("The browser has promised not to clear it."),
    _("The browser may clear it when the phone is full. Putting this program on the first screen helps."),
    _("The browser did not promise it."),
    _("Ask to keep it"),
    _("Receipts"),
    _("The server has confirmed {n} records and photos from this phone."),
    _("Texts from the server change with the next network."),
    _("This program"),
    _("Use the new version"),
    _("No newer version is known."),
    _("To the desk"),
    _("Not yet: some records are only on this phone. Send them first, or save them as a file."),
    _("Logging out needs a network."),
    _("Log out"),
)


def catalogue(language: str) -> dict[str, Any]:
    """All of it in the language that is active; `language` is only named in it."""
    return {
        "language": language,
        "texts": {key_of(english): said for one in TEXTS if (said := str(one)) != (english := source(one))},
        "words": {name: {code: str(word) for code, word in group.items()} for name, group in GROUPS.items()},
    }


def key_of(english: str) -> str:
    """What a sentence is found by, short: the upper 20 bits of FNV-1a over its UTF-16 (as `keyOf` in words.js). A test holds that
    no two are alike. The English sentence itself stands in the scripts already; carrying it twice cost more than the map leaves.
    """
    value = 2166136261
    for one in memoryview(english.encode("utf-16-le")).cast("H"):
        value = (value ^ one) * 16777619 & 0xFFFFFFFF
    found, value = "", value >> 12
    while value:
        value, digit = divmod(value, 36)
        found = DIGITS[digit] + found
    return found


def source(text: Any) -> str:
    """The English sentence behind a lazy one."""
    return str(text._args[0])

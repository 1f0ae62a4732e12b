"""Words and sentences that several doors speak: steps, states, roles, fields, and the reasons of refusals."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

STEPS = {
    "report": _("report"), "file": _("file"), "dispatch": _("dispatch"), "accept": _("accept"), "rectify": _("rectify"),
    "verify": _("pass verification"), "close": _("close"), "return": _("return"), "recall": _("recall"),
    "send_back": _("send back"), "suspend": _("suspend"), "resume": _("resume"), "void": _("void"), "merge": _("merge"),
    "reopen": _("reopen"), "extend": _("ask for an extension"), "grant_extension": _("grant the extension"),
    "refuse_extension": _("refuse the extension"), "review": _("review the suspension"), "whistle": _("whistle"),
    "report_in": _("report in"), "plan_jointly": _("write the joint plan"), "score_whistle": _("score a called unit"),
    "end_whistle": _("end the whistle"), "supervise": _("supervise"), "answer_supervision": _("answer the supervision"),
    "split": _("split"), "correct": _("correct"), "comment": _("comment"), "appeal": _("appeal"),
    "decide_appeal": _("decide the appeal"), "follow": _("follow"), "load_pack": _("load a standard pack"),
    "set_limit": _("set a limit"), "set_parameter": _("set a parameter"), "set_text": _("write a standard text"),
    "set_question": _("set a question"), "change_category": _("change a category"), "make": _("make an appointment or token"),
    "add": _("add"), "change": _("change"), "bring_in": _("bring in"), "end": _("end"), "revoke": _("revoke"),
    "set_password": _("set a password"), "read": _("read"), "submit": _("send the answers of a visit"),
}  # fmt: skip
STATES = {
    "reported": _("reported"), "filed": _("filed"), "dispatched": _("dispatched"), "accepted": _("accepted"),
    "rectified": _("rectified"), "verified": _("verified"), "closed": _("closed"), "suspended": _("suspended"),
    "voided": _("voided"), "merged": _("merged"),
}  # fmt: skip
ROLES = {
    "reporter": _("reporter"), "filer": _("filer"), "dispatcher": _("dispatcher"), "unit_handler": _("unit handler"),
    "unit_leader": _("unit leader"), "verifier": _("verifier"), "supervisor": _("supervisor"), "auditor": _("auditor"),
    "system_admin": _("system administrator"), "security_admin": _("security administrator"),
    "audit_admin": _("audit administrator"), "sponsor": _("sponsor leader"), "grid_worker": _("grid worker"),
    "inspector": _("inspector"),
}  # fmt: skip
UNITS_OF_TIME = {
    "urgent_hour": _("urgent hours"), "work_hour": _("working hours"), "work_day": _("working days"),
    "natural_day": _("natural days"),
}  # fmt: skip
THINGS = {
    "category": _("category"), "condition": _("filing condition"), "grid": _("grid"), "area_class": _("area class"),
    "unit": _("unit"), "units": _("units"), "note": _("note"), "reason": _("reason"), "plan": _("plan"),
    "description": _("what is wrong"), "photos": _("photos"), "after_photo": _("photo taken afterwards"),
    "person": _("answerable person"), "review_on": _("review on"), "into": _("main case"), "amount": _("amount"),
    "unit_of_time": _("unit of time"), "whistle_kind": _("kind of whistle"), "place": _("place"), "meet_at": _("meet at"),
    "score": _("score"), "level": _("level"), "answer_by": _("answer by"), "ground": _("ground"), "verdict": _("verdict"),
    "case": _("case"), "point": _("point"), "parameter": _("parameter"), "photo": _("photo"), "address": _("address"),
    "source": _("source"), "text": _("text"), "answers": _("answers"), "token": _("API token"), "role": _("role"),
    "values": _("values"), "step": _("step"), "visit": _("visit"), "submission": _("submission"), "draw": _("draw"),
    "round": _("round of inspection"), "form": _("form"), "file": _("file"), "item": _("item"), "noted_at": _("time on the device"),
}  # fmt: skip

REASONS = {
    "not_found": _("There is no such %(kind)s, or you may not see it."),
    "not_allowed": _("You may not do this."),
    "step_unknown": _("There is no such step."),
    "step_not_from_here": _("“%(step)s” cannot be taken now: the case is %(state)s."),
    "step_needs": _("“%(step)s” still needs: %(missing)s."),
    "stale": _("Somebody else has changed this in the meantime. Look at it again before you act."),
    "required": _("%(field)s is needed."),
    "too_long": _("This is too long: at most %(limit)s characters."),
    "too_many": _("Too many: at most %(limit)s."),
    "not_text": _("This must be text."),
    "not_a_number": _("This is not a number: %(value)s"),
    "not_a_whole_number": _("This is not a whole number: %(value)s"),
    "not_a_moment": _("This is not a date with a time: %(value)s"),
    "not_a_date": _("This is not a date: %(value)s"),
    "not_a_list": _("A list is expected here."),
    "not_a_place": _("A place has longitude, latitude, datum and address, nothing else."),
    "not_a_limit": _("This is not a limit: an amount and a unit of time are needed."),
    "wrong_shape": _("This value has another form than the parameter needs."),
    "unknown_choice": _("This is not one of the choices: %(value)s"),
    "unknown_field": _("Nobody asked for “%(field)s”."),
    "not_asked_for": _("This step does not ask for “%(field)s”."),
    "not_editable": _("“%(field)s” cannot be changed here."),
    "bad_value": _("“%(field)s” cannot be taken: %(why)s"),
    "unknown_unit": _("There is no unit %(unit)s%(code)s."),
    "unknown_category": _("There is no category %(category)s."),
    "unknown_grid": _("There is no grid %(grid)s."),
    "unknown_person": _("There is no active person %(person)s."),
    "unknown_case": _("There is no case %(case)s."),
    "unknown_question": _("The category does not ask: %(names)s."),
    "category_not_in_use": _("The category %(category)s is not in use any more."),
    "condition_of_another_category": _("This filing condition belongs to another category than %(category)s."),
    "place_missing": _("Where is it? A place on the map or an address is needed."),
    "half_a_place": _("A place needs both longitude and latitude."),
    "swapped": _("Longitude and latitude are exchanged."),
    "wrong_datum": _(
        "This place lies outside the city, but inside if it was given in GCJ-02 or BD-09: say which datum it is in."
    ),
    "outside_grids": _("This place lies outside every grid of the city."),
    "out_of_range": _("Longitude or latitude is out of range."),
    "null_island": _("Longitude 0, latitude 0 is no place: the device had no position."),
    "photo_needed": _("This category needs a photo with the report."),
    "photo_not_sent": _("These photos have not been sent yet: %(missing)s"),
    "not_a_sha256": _("This is not a SHA-256 in hexadecimal digits."),
    "photo_empty": _("The photo is empty."),
    "photo_too_large": _("The photo is larger than %(megabytes)s MB."),
    "photo_too_many_pixels": _("The photo has more than %(megapixels)s million pixels."),
    "photo_unknown_kind": _("This is not a picture we can read. We read: %(kinds)s."),
    "photo_broken": _("The photo is damaged or was cut off."),
    "sha256_malformed": _("The address of a photo is its SHA-256 in 64 lower-case hexadecimal digits."),
    "sha256_mismatch": _("The bytes that arrived are not those announced."),
    "purpose_needed": _("Say what you need this personal data for."),
    "case_known": _("This case was reported before."),
    "key_reused": _("This key was used before for something else."),
    "unit_not_active": _("The unit %(unit)s is not active."),
    "no_units": _("There is no unit yet that could take this."),
    "returned_already": _(
        "This case was returned before; a case can be returned only so often (%(times)s). Ask the dispatcher."
    ),
    "return_too_late": _("The time for returning is over (until %(until)s). Ask the dispatcher."),
    "extended_already": _("This case was extended before (%(times)s)."),
    "extend_too_late": _("An extension is asked for before the due time, not after it (%(due)s)."),
    "extension_too_long": _("An extension may be at most %(limit)s %(unit)s."),
    "extension_pending": _("An extension has been asked for and is not decided yet."),
    "nothing_asked": _("There is nothing to decide or answer: it was not asked for, or is over."),
    "review_out_of_range": _("The review must lie between %(first)s and %(last)s."),
    "lies_in_the_past": _("This moment lies in the past."),
    "whistle_running": _("A whistle is running already; end it first."),
    "whistle_needs_others": _("Name the other units that are called."),
    "reported_in_already": _("Your unit has reported in already."),
    "scored_already": _("This unit has been scored already."),
    "unit_not_called": _("This unit was not called."),
    "score_out_of_range": _("A score lies between 0 and 100."),
    "part_of_a_part": _("A part of a case cannot be split again."),
    "parts_still_open": _("Parts of this case are still open: %(cases)s."),
    "merge_into_ended": _("The main case %(case)s has ended."),
    "merge_into_itself": _("A case cannot be merged into itself."),
    "appeal_pending": _("An appeal has been made and is not decided yet."),
    "appeal_too_late": _("The time for an appeal is over (until %(until)s)."),
    "ends_before_start": _("The last day lies before the first."),
    "roles_apart": _("“%(role)s” may not be held together with: %(others)s."),
    "username_taken": _("The user name %(username)s is taken."),
    "appointed_already": _("This appointment exists already."),
    "not_appointed": _("%(person)s holds no such appointment that could end: %(role)s in %(unit)s."),
    "code_taken": _("The code %(code)s is taken."),
    "weak_password": _("The password is too weak. %(why)s"),
    "bad_hours": _("Working hours must be in order and must not overlap: %(value)s"),
    "unit_below_itself": _("A unit cannot be put below itself."),
    "not_a_polygon": _("This is not a polygon: %(code)s"),
    "day_of_another_year": _("All days must lie in %(year)s."),
    "day_twice": _("The day %(day)s stands twice in the file."),
    "not_empty": _("This database already holds an organisation; nothing was changed."),
    "port_in_use": _("Something listens on %(host)s:%(port)s already. Stop it, or choose another port with --port."),
    "noted_too_long_ago": _(
        "This was seen more than %(days)s days ago: report it as seen today, and say when it began."
    ),
    "unit_has_a_part": _("These units have the case or a part of it already: %(units)s."),
    "not_of_the_unit": _("The answerable person must belong to the responsible unit or to one above it."),
    "too_large": _("This is larger than %(megabytes)s MB."),
    "bad_cursor": _("This page address cannot be read: begin at the first page."),
    "rule_takes_all": _("A dispatch rule must name a category, a line, a block, an area class or a time."),
    "window_half": _("A time window needs both its beginning and its end."),
    "unknown_key": _("There is no %(what)s with this code: %(key)s"),
    "already_sealed": _("%(day)s is sealed already."),
    "not_a_seal_file": _("%(path)s is not a seal of this ledger, or it was changed."),
    "bad_amount": _("This is not an amount of time: %(amount)s"),
    "part_of_day": _("Days are counted whole: %(amount)s"),
    "amount_too_large": _("This is too long: %(amount)s"),
    "no_working_time": _("The calendar has no working day to count with."),
    "pause_too_early": _("The clock cannot stop before it has started."),
    "resume_too_early": _("The clock cannot go on before it has stopped."),
    "naive_moment": _("The time lacks its zone."),
    "unknown_unit_of_time": _("There is no such unit of time."),
}

# What an inspector's answers may be refused for (civicloop.inspection).
REASONS |= {
    "not_your_visit": _("This visit was given to another inspector."),
    "draw_sealed": _("What was drawn is sealed until %(opens_on)s."),
    "draw_not_published": _("The draw %(draw)s has not been published yet."),
    "visit_judged": _("This visit has been judged already. A correction is made by an appeal."),
    "visit_not_open": _("This visit is not to be made: it was missed, replaced or cancelled."),
    "visit_not_today": _("The visit is to be made on %(day)s; the answers were noted on %(noted)s."),
    "visit_too_late": _("The answers come more than %(days)s days after the visit of %(day)s."),
    "submission_differs": _("Answers with this id were accepted before with other content. Nothing was changed."),
    "items_missing": _("These items are not answered: %(items)s."),
    "item_unknown": _("This visit does not ask the item %(item)s."),
    "item_twice": _("The item %(item)s is answered twice."),
    "count_needed": _("%(item)s: say how many were counted."),
    "length_needed": _("%(item)s: say how many metres were walked while counting."),
    "count_not_asked": _("%(item)s asks for no count or length with this answer."),
    "answer_contradicts_count": _("%(item)s: the answer does not fit the count %(count)s; the limit is %(needed)s."),
    "commended_but_not_met": _("%(item)s: only what is met can be commended."),
    "item_photo_needed": _("%(item)s needs a photo with this answer."),
    "case_photo_needed": _("%(item)s: a case of “%(category)s” cannot be opened without a photo."),
    "photo_unnamed": _("A photo needs a file name or its SHA-256."),
    "photo_name_twice": _("Two photos are called %(name)s."),
    "bad_file_name": _("This cannot be the name of a file: %(value)s"),
    "not_an_object": _("An object with names and values is expected here."),
}

# Appeals against a judgement, the negative list, published scores (civicloop.scoring).
STEPS |= {
    "lodge": _("lodge an appeal"), "take_up": _("take the appeal up"), "forward": _("forward to the department"),
    "dismiss": _("dismiss"), "grant": _("grant"), "refuse": _("refuse"), "withdraw": _("withdraw"),
    "record": _("record"), "publish": _("publish"),
}  # fmt: skip
STATES |= {
    "lodged": _("lodged"), "pre_review": _("under first review"),
    "department_review": _("under review by the department"), "granted": _("granted"), "refused": _("refused"),
    "withdrawn": _("withdrawn"),
}  # fmt: skip
THINGS |= {
    "observation": _("observation"), "score_appeal": _("appeal against a judgement"), "publication": _("published score"),
    "score_path": _("place in the score"), "negative_event": _("event of the negative list"), "pack": _("standard pack"),
    "edition": _("edition"), "change": _("answer after, or points given back"), "title": _("title"),
}  # fmt: skip
REASONS |= {
    "not_scored": _("This observation does not enter any score."),
    "answer_stands": _("This answer stands already: %(value)s"),
    "no_responsible_unit": _("No unit answers for this place."),
    "points_out_of_range": _(
        "Points given back lie above 0 and are at most 100; an observation takes an answer instead."
    ),
    "revoked_already": _("This has been revoked already."),
    "nothing_judged": _("Nothing was judged yet, so there is no score to publish."),
}

# What a forecast may be refused for (civicloop.scoring.forecasting).
REASONS |= {
    "sample_columns_missing": _("The sample lacks the columns %(columns)s."),
    "sample_types_twice_or_none": _("The sample is empty, or names a type twice."),
    "sample_row_unreadable": _(
        "Line %(line)s of the sample cannot be read: a type, a whole number of points and a weight are needed."
    ),
    "target_out_of_range": _("A target lies between 0 and 100."),
    "seed_negative": _("A seed is a whole number from 0 on."),
    "draws_out_of_range": _("Between 100 and 20000 samples are simulated."),
    "sample_points_out_of_range": _("A sample has between 1 and 5000 points."),
}

# What files that are brought in may be refused for (civicloop.importing, cases.actions.historic).
REASONS |= {
    "file_unreadable": _("The file %(file)s cannot be read: %(why)s"),
    "file_empty": _("The file %(file)s is empty."),
    "old_excel": _("%(file)s is an Excel 97–2003 file. Save it as .xlsx or CSV."),
    "encoding_unknown": _("The characters of %(file)s cannot be read (%(encoding)s). Save it as UTF-8."),
    "header_empty": _("The row of column names is empty."),
    "column_twice": _("The column “%(column)s” stands twice."),
    "column_missing": _("The mapping names columns the file does not have: %(columns)s. It has: %(present)s"),
    "too_many_columns": _("%(found)s columns are too many: at most %(limit)s."),
    "too_many_rows": _("Too many rows: at most %(limit)s in one file."),
    "too_many_cells": _("The row has %(found)s cells, the header %(expected)s: it has probably slipped."),
    "row_unreadable": _("The row cannot be read. %(why)s"),
    "archive_too_large": _("%(file)s would unpack to %(found)s bytes; at most %(limit)s are taken."),
    "archive_bomb": _("%(file)s is packed %(ratio)s to 1, as no real workbook is; at most %(limit)s to 1 is taken."),
    "workbook_unreadable": _("The workbook %(file)s cannot be read: %(why)s"),
    "sheet_missing": _("There is no sheet “%(sheet)s”. There are: %(sheets)s"),
    "broken_json": _("The file breaks off after feature %(after)s: %(why)s"),
    "no_features": _("%(file)s has no features."),
    "not_a_feature": _("This is not a GeoJSON feature."),
    "crs_unsupported": _("The file is in the system %(crs)s; WGS 84 and CGCS2000 in degrees are taken."),
    "mapping_unreadable": _("The mapping %(file)s cannot be read: %(why)s"),
    "mapping_wrong": _("The mapping %(file)s is wrong at %(at)s: %(why)s"),
    "template_fails": _("The template “%(template)s” cannot be filled in: %(why)s"),
    "value_unmapped": _("The mapping does not say what “%(value)s” means."),
    "unknown_status": _("The mapping does not say which steps the status “%(value)s” means."),
    "date_unreadable": _("This is not a date the mapping knows: %(value)s"),
    "not_yes_or_no": _("This is neither yes nor no: %(value)s"),
    "unknown_point": _("There is no point %(value)s."),
    "unknown_area": _("There is no area %(value)s."),
    "unknown_duty_grid": _("There is no duty grid %(value)s."),
    "unknown_calendar": _("There is no calendar %(value)s."),
    "code_twice": _("The code %(value)s stands twice in the file."),
    "no_place": _("Taken without a place: the row gives no coordinates."),
    "known_with_other_content": _("%(key)s is here already with other content, which was kept."),
    "database_refuses": _("The database refuses this row: %(why)s"),
    "step_without_date": _("The step “%(step)s” has no date: the column %(column)s is empty."),
    "steps_out_of_order": _("The step “%(step)s” (%(at)s) lies before the one it follows (%(after)s)."),
    "in_the_future": _("%(at)s lies in the future."),
    "own_work": _("Nobody judges his own work: who handled the case also took the step “%(step)s”."),
    "unit_needed": _("No responsible unit is known for the step “%(step)s”."),
    "step_needs_a_person": _("The step “%(step)s” needs a person: say in whose name you import."),
    "main_case_unknown": _("The main case %(key)s is not here."),
    "earlier_case_unknown": _("The earlier case %(key)s is not here."),
    "condition_unknown": _("The category has no such filing condition."),
}

# Papers (civicloop.documents) and photos for the public (civicloop.photos.blur).
STEPS |= {"prepare": _("ask for a paper"), "issue": _("issue a paper"), "edit_texts": _("edit the texts of papers")}
STEPS |= {"look": _("read a paper with personal data")}
THINGS |= {
    "paper": _("paper"), "paper_kind": _("kind of paper"), "paper_file": _("file of the paper"), "page": _("page"),
    "blocks": _("texts"), "options": _("options"), "sign": _("sign of the issuer"),
}  # fmt: skip
REASONS |= {
    "unknown_option": _("This kind of paper has no option “%(option)s”. It has: %(known)s."),
    "option_needs_value": _("An option is written NAME=VALUE: %(option)s"),
    "number_out_of_bounds": _("%(value)s does not lie between %(least)s and %(most)s."),
    "paper_not_ready": _("The paper is not ready to be issued: %(state)s."),
    "paper_issued": _("%(number)s has been issued and never changes. Ask for a new paper."),
    "paper_sign_missing": _(
        "The number needs the sign of the issuer: write it into the text “sign” of this kind of paper."
    ),
    "paper_failed": _("The paper could not be written. It is tried again; if it fails again, tell the administrator."),
    "blur_models_missing": _(
        "Faces and number plates cannot be made unreadable here, so nothing is published. "
        "The administrator can fetch what is needed: python scripts/assets.py"
    ),
}

# What rounds, draws, assignments and routes may be refused for (civicloop.inspection).
STEPS |= {
    "plan": _("plan a round"), "commit": _("fix the seed of a draw"), "perform": _("draw"), "publish": _("publish"),
    "cancel": _("cancel a draw"), "assign": _("assign visits"), "substitute": _("replace a drawn point"),
    "miss": _("mark a visit as missed"), "order": _("make routes"),
}  # fmt: skip
# Why a drawn place was given to nobody, or stands in no route.
LEFT_OUT = {
    "nobody_eligible": _("nobody without a conflict of interest"), "no_second_inspector": _("no second inspector"),
    "day_full": _("the day is full"), "too_far": _("too far for one day"), "window": _("cannot be reached in its hours"),
}  # fmt: skip
REASONS |= {
    "draw_not_in_state": _("The draw %(draw)s cannot be used for this now: it is %(state)s."),
    "draw_tampered": _("The frame or the secret of the draw %(draw)s is not the one that was committed to."),
    "draw_has_visits": _("Visits of the draw %(draw)s have been assigned; it cannot be cancelled any more."),
    "draw_open": _("What came out of the draw %(draw)s may be read already; it is published, not cancelled."),
    "visits_ahead": _(
        "Visits of the draw %(draw)s lie ahead, the last on %(day)s. Until then it stays secret where they lead."
    ),
    "draws_not_published": _("These draws of the round are not published yet: %(draws)s."),
    "round_closed": _("The round %(round)s has ended."),
    "round_kind_unknown": _("There is no such kind of round: %(value)s"),
    "frame_empty": _("There is no place that could be drawn."),
    "frame_code_twice": _("The code %(value)s stands twice in the frame."),
    "frame_unreadable": _("Line %(line)s of the frame cannot be read."),
    "frame_place_gone": _("%(value)s stands in the frame but is here no longer."),
    "design_key_unknown": _("“%(key)s” means nothing here."),
    "design_value_wrong": _("The value of “%(key)s” cannot be used."),
    "design_nothing_wanted": _("Say how many places are to be drawn."),
    "design_panel_half": _("A panel needs both its share and the draw it is kept from."),
    "panel_not_drawn": _("There is no earlier draw %(draw)s whose panel could be kept."),
    "point_type_unknown": _("The standard of this round has no point type %(value)s."),
    "secret_malformed": _("A secret has 64 lower-case hexadecimal digits."),
    "beacon_comes_later": _("The design says where the public value will come from: give it when you draw."),
    "beacon_needed": _("The design names a public value: give it to draw."),
    "beacon_fixed": _("What goes into the seed of this draw was fixed at the commitment."),
    "no_inspectors": _("There is nobody among whom inspectors could be drawn."),
    "not_an_inspector": _("%(person)s is not an inspector on these days."),
    "day_outside_round": _("Each day must lie in the round, from %(first)s to %(last)s, and be named once."),
    "assigned_meanwhile": _("Somebody else has assigned visits of %(draw)s in the meantime. Look at it again."),
    "no_reserve_left": _("No reserve is left in the stratum %(stratum)s."),
    "not_in_use": _("%(point)s is not to be visited: it is a reserve, or was replaced."),
    "visited_already": _("%(point)s was visited already."),
    "visit_not_planned": _("Only a planned visit can be missed."),
    "visit_not_due": _("This visit is planned for %(day)s; it cannot be missed before."),
    "no_visits_on_day": _("There are no planned visits on %(day)s."),
    "verify_file_missing": _("The file %(file)s is missing."),
    "verify_unreadable": _("The file %(file)s cannot be read."),
    "verify_other_algorithm": _("This draw was made by another algorithm: %(value)s"),
    "verify_other_commitment": _("The commitment noted down beforehand is another: %(given)s, here %(present)s."),
    "verify_file_changed": _("The file %(file)s is not the one that was published."),
    "verify_not_the_secret": _("The secret does not fit its commitment."),
    "verify_frame_changed": _("The frame is not the one that was frozen."),
    "verify_design_changed": _("The design is not the one that was published."),
    "verify_seed_differs": _("The seed does not come from this secret, public value and frame."),
    "verify_digest_differs": _("Drawn again, the result has another SHA-256 than the one published."),
    "verify_line_differs": _("Line %(line)s of the result differs: drawn again “%(drawn)s”, published “%(shown)s”."),
    "verify_more_lines": _("… and %(more)s more lines."),
    "verify_not_in_ledger": _("The ledger promised something else before the draw: %(what)s."),
}

# What a refusal calls an act whose last word means something else elsewhere: a round is not closed as a case is.
VERBS = {
    "forecast.read": _("read the forecast"), "analysis.read": _("read the joint analysis"),
    "negative_event.read": _("read the negative list"), "negative_event.record": _("write into the negative list"),
    "negative_event.revoke": _("take an entry out of the negative list"), "score.verify": _("reckon a published score again"),
    "score.publish": _("publish a score"), "score.read": _("read the score"), "round.plan": _("plan a round"),
    "round.close": _("end a round"), "route.order": _("make routes"), "draw.read": _("read what was drawn"),
    "draw.publish": _("publish a draw"), "ledger.read": _("read the ledger"),
    "personal_data.read": _("read personal data"), "token.revoke": _("revoke a token"),
    "appointment.end": _("end an appointment"), "import.units": _("bring units in"), "import.grids": _("bring grids in"),
    "import.points": _("bring points in"), "import.cases": _("bring cases in"),
    "score_appeal.lodge": _("lodge an appeal"), "score_appeal.withdraw": _("withdraw an appeal"),
    "score_appeal.take_up": _("take up an appeal"), "score_appeal.forward": _("forward an appeal"),
    "score_appeal.dismiss": _("dismiss an appeal"), "score_appeal.grant": _("grant an appeal"),
    "score_appeal.refuse": _("refuse an appeal"),
}  # fmt: skip

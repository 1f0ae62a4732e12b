"""What single rooms add: grids, forwards, inspection, scores, papers, the doors."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from civicloop.spoken.base import REASONS, STATES, STEPS, THINGS

# What taking in texts may be refused for (civicloop.textintake).
REASONS |= {
    "text_decided": _("Part %(part)s was reported or set aside already."),
    "too_few_cases": _(
        "There are too few closed cases to learn from: at least two categories with five each are needed."
    ),
    "model_damaged": _("The kept classifier is damaged. Train it again."),
    "bad_label_line": _("Line %(line)s needs a text and a category."),
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
    "at_most.answer_contradicts_count": _(
        "%(item)s: %(count)s were counted. Up to %(needed)s the item is met, above it is not. Correct the answer or the count."
    ),
    "at_least.answer_contradicts_count": _(
        "%(item)s: %(count)s were counted. From %(needed)s on the item is met, below it is not. Correct the answer or the count."
    ),
    "commended_but_not_met": _("%(item)s: only what is met can be commended."),
    "item_photo_needed": _("%(item)s needs a photo with this answer."),
    "case_photo_needed": _("%(item)s: a case of “%(category)s” cannot be opened without a photo."),
    "photo_unnamed": _("A photo needs a file name or its SHA-256."),
    "photo_name_twice": _("Two photos are called %(name)s."),
    "bad_file_name": _("This cannot be the name of a file: %(value)s"),
    "not_an_object": _("An object with names and values is expected here."),
}

# Questions to parties outside (civicloop.cases.actions.forwarding).
THINGS |= {
    "forward": _("question to an outside party"), "party": _("outside party"), "contact": _("mail or phone"),
    "answered_by": _("name of who answers"), "answer": _("answer"),
}  # fmt: skip
REASONS |= {
    "answer_by_out_of_range": _("An answer may be asked for between %(first)s and %(last)s."),
    "forward_answered": _("This question has been answered already."),
    "forward_taken_back": _("This question was taken back."),
    "forward_expired": _("The time for this question has run out. Ask anew."),
    "forward_case_over": _("The case has ended, so nothing is asked any more."),
    "too_often": _("Too many requests. Wait %(seconds)s seconds and try again."),
}

# Redrawing grids and base maps (civicloop.organisation.rules.gridding, civicloop.web.ui.basemap).
THINGS |= {"outline": _("outline"), "codes": _("grids"), "geometry": _("drawing")}
REASONS |= {
    "outline_no_polygon": _("This is no outline of a grid: a GeoJSON polygon is needed."),
    "outline_crosses_itself": _("The outline crosses itself: %(why)s"),
    "outline_too_small": _("The outline holds less than a square metre."),
    "nothing_left": _("Other grids hold all of this ground already."),
    "not_a_line": _("This is no line: a GeoJSON line is needed."),
    "line_does_not_split": _("The line does not cross the grid from edge to edge."),
    "line_makes_slivers": _("The line cuts slivers off, or more than %(limit)s parts."),
    "merge_needs_two": _("Choose two grids at least."),
    "choose_one_grid": _("Choose one grid."),
    "not_neighbours": _("These grids do not all share edges."),
    "grids_of_two_units": _("These grids belong to different units: move one first."),
    "codes_for_parts": _("Each new grid needs a code of its own: %(many)s in all."),
    "ends_sooner": _("It ends on %(day)s already. For longer, make another appointment."),
    "new_code_twice": _("Two of the new grids have the same code."),
    "no_free_code": _("No code is left, or the unit has no 12-digit code: type a code."),
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
    "leads_to_itself": _("%(key)s would be its own earlier or main case."),
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

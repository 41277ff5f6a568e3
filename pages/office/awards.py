"""Who fulfils which criterion of an award, and why not; the council's word; the list of people."""

from kpi import council, ui

here = ui.require("office")
case = council.open_case(here, "Bình xét")
council.show_proposals(case)
subject = council.pick_subject(case)
council.show_rulings(case, here, subject)
council.offer_people(case, here)

"""The papers of every dossier: what is in and in time, what is missing, and the making of the zip."""

from kpi import council, ui

here = ui.require("office")
case = council.open_case(here, "Hồ sơ khen thưởng")
council.show_dossiers(case)
subject = council.pick_subject(case)
council.show_papers(case, subject)
council.offer_receipt(case, here, subject)
council.offer_dossier(case, here, subject)

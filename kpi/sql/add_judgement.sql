insert into judgement
values ($id, $plan, $year, $subject, $criterion, $fulfilled, $judged_by, $judged_on, $note, $person, $kept_at)

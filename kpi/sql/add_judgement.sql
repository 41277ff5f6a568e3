insert into judgement
values ($id, $plan, $subject, $criterion, $fulfilled, $judged_by, $judged_on, $note, $person, $kept_at)

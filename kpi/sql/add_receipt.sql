insert into receipt
values ($id, $plan, $year, $subject, $component, $received_at, $document, $note, $person, $kept_at)

insert into receipt
values ($id, $plan, $subject, $component, $received_at, $document, $note, $person, $kept_at)

insert into withdrawal (upload, person, why, withdrawn_at) values ($upload, $person, $why, $withdrawn_at)

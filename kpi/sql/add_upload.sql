insert into upload (id, plan, reporter, year, quarter, filename, sha256, person, kept_at, illustrative)
values ($id, $plan, $reporter, $year, $quarter, $filename, $sha256, $person, $kept_at, $illustrative)

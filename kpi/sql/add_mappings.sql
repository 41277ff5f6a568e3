insert into mapping select $upload, r.sort, r.found, r.choice from (select unnest($rows) as r)

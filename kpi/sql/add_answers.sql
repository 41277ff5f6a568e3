insert into answer select $upload, r.question, r.choice from (select unnest($rows) as r)

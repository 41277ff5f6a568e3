insert into member
select
    $plan, $year, r.place, r.code, r.name, r.room, r.position, r.rating, r.discipline, r.decision,
    r.initiatives, r.tasks, r.sheet, r.address
from (select unnest($rows) as r)

insert into decision
select coalesce(max(id), 0) + 1, $plan, $year, $quarter, $upload, $sort, $person, $at
from decision

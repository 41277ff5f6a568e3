select *
from snapshot
where ($plan is null or plan = $plan) and ($id is null or id = $id)
order by made_at desc, id

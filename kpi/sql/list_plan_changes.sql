select id, happened_at, person, was, became
from event
where act = 'plan' and ($plan is null or plan = $plan)
order by id desc

select *
from task_update
where $plan is null or plan = $plan
order by id

select *
from judgement
where $plan is null or plan = $plan
order by id

select *
from receipt
where $plan is null or plan = $plan
order by id

select *
from judgement
where ($plan is null or plan = $plan) and ($year is null or year = $year)
order by id

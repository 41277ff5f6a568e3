select year, quarter
from decision
where plan = $plan and sort in ('close', 'reopen')
group by year, quarter
having arg_max(sort, id) = 'close'
order by year, quarter

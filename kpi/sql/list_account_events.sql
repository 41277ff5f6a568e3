select subject, arg_max(became, id), max(id)
from event
where act = 'account'
group by subject

select act, plan, quarter, subject, if(act = 'withdrawal', became, '')
from event
where act in ('upload_kept', 'withdrawal', 'approval', 'close', 'reopen')
order by
    case act when 'upload_kept' then 1 when 'withdrawal' then 2 else 3 end,
    if(act = 'withdrawal', try_cast(subject as integer), id)

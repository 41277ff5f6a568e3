select act, plan, quarter, subject
from event
where act in ('upload_kept', 'withdrawal', 'approval', 'close', 'reopen')

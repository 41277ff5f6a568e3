select id, became
from event
where act = 'export' and became like 'snapshot %'
order by id

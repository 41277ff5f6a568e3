select subject, became
from event
where act = $act
order by id

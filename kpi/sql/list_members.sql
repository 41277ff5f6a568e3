select code, name, room, position, rating, discipline, decision, initiatives, tasks, sheet, address
from member
where plan = $plan and year = $year
order by place

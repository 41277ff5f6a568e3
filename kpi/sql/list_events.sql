select id, happened_at, utc_offset, person, act, plan, unit, quarter, subject, was, became, previous, hash
from event
where ($since is null or happened_at >= $since)
    and ($until is null or happened_at < $until)
    and ($person is null or person = $person)
    and ($unit is null or unit = $unit)
    and ($act is null or act = $act)
order by id

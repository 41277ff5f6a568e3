create or replace view current_reading as
select reading.*
from reading
where upload not in (select upload from withdrawal)
qualify row_number() over (
    partition by plan, indicator, unit, year, quarter, edition order by upload desc
) = 1

select
    indicator, unit, year, quarter, edition, numerator, denominator, value, state, as_of,
    sheet, address, denominator_sheet, denominator_address, upload
from current_reading
where plan = $plan
    and ($since is null or year * 10 + quarter >= $since)
    and ($upto is null or year * 10 + quarter <= $upto)
order by year, quarter, unit, try_cast(indicator as integer), indicator, edition

select
    indicator, unit, year, quarter, edition, numerator, denominator, value, state, as_of,
    sheet, address, denominator_sheet, denominator_address, upload
from reading
where upload = $upload
order by year, quarter, unit, try_cast(indicator as integer), indicator, edition

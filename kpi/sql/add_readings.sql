insert into reading
select
    $upload, $plan, r.indicator, r.unit, r.year, r.quarter, r.edition,
    r.numerator::decimal(18, 4), r.denominator::decimal(18, 4), r.value::decimal(38, 18),
    r.state, r.as_of, r.sheet, r.address, r.denominator_sheet, r.denominator_address
from (select unnest($rows) as r)

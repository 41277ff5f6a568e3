insert into event (
    id, happened_at, utc_offset, person, act, plan, unit, quarter, subject, was, became, previous, hash
)
values (
    $id, $at, $offset, $person, $act, $plan, $unit, $quarter, $subject, $before, $after, $previous, $hash
)

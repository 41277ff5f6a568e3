insert into snapshot values (
    $id, $plan, $period, $format, $filename, $made_at, $person, $plan_sha256, $figures_sha256, $sha256,
    $closed, $illustrative
)

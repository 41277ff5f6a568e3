select exists (
    select 1 from upload
    where plan = $plan and illustrative and id not in (select upload from withdrawal)
)

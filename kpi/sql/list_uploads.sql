select
    id, upload.plan, reporter, year, quarter, filename, sha256, person, kept_at, illustrative,
    id in (select upload from withdrawal) as withdrawn,
    id in (select upload from current_reading) as counts
from upload
where ($plan is null or upload.plan = $plan) and ($id is null or id = $id)
order by id desc

select
    id, upload.plan, reporter, year, quarter, filename, sha256, upload.person, kept_at, illustrative,
    id in (select upload from current_reading) as counts,
    withdrawn_at, withdrawal.person, why
from upload
left join withdrawal on withdrawal.upload = upload.id
where ($plan is null or upload.plan = $plan) and ($id is null or id = $id)
order by id desc

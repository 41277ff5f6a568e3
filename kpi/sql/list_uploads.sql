select
    id, upload.plan, reporter, upload.year, upload.quarter, filename, sha256, upload.person, kept_at, illustrative,
    id in (select upload from current_reading) as counts,
    withdrawn_at, withdrawal.person, why, approval.decided_at, approval.person
from upload
left join withdrawal on withdrawal.upload = upload.id
left join (select upload, decided_at, person from decision where sort = 'approval') as approval
    on approval.upload = upload.id
where ($plan is null or upload.plan = $plan) and ($id is null or id = $id)
order by id desc

select act, plan, quarter, subject, became
from (
    select 1 as sort, id as place, 'upload_kept' as act, plan, year || '-Q' || quarter as quarter,
        id::varchar as subject, '' as became
    from upload
    union all
    select distinct 1, upload, 'upload_kept', plan, year || '-Q' || quarter, upload::varchar, ''
    from reading
    where upload not in (select id from upload)
    union all
    select 2, withdrawal.upload, 'withdrawal', upload.plan, upload.year || '-Q' || upload.quarter,
        withdrawal.upload::varchar, withdrawal.why
    from withdrawal
    left join upload on upload.id = withdrawal.upload
    union all
    select 3, id, sort, plan, year || '-Q' || quarter, coalesce(upload::varchar, ''), ''
    from decision
)
order by sort, place

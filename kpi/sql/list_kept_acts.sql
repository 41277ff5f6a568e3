select 'upload_kept' as act, plan, year || '-Q' || quarter as quarter, id::varchar as subject
from upload
union all
select 'withdrawal', upload.plan, upload.year || '-Q' || upload.quarter, withdrawal.upload::varchar
from withdrawal
left join upload on upload.id = withdrawal.upload
union all
select sort, plan, year || '-Q' || quarter, coalesce(upload::varchar, '')
from decision

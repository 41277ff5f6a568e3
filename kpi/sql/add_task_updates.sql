insert into task_update
select
    r.id, $plan, r.task, r.year, r.quarter, r.state, r.done_on, r.planned, r.result, r.note,
    r.evidence, r.evidence_sha256, $person, $kept_at, r.filename, r.workbook_sha256, r.sheet, r.address, $illustrative
from (select unnest($rows) as r)

select sha256, kept_at, person, content
from plan_text
where $plan is null or plan = $plan
order by kept_at desc, sha256

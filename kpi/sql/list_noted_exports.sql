select id, became
from event
where act = 'export' and regexp_full_match(became, '[0-9a-f]{10} [0-9a-f]{64} [0-9a-f]{64}')
order by id

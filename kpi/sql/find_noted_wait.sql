select id
from event
where act = 'sign_in_locked' and person = $who and became = $address and happened_at > $since
limit 1

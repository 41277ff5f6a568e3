select tried_at, name = $name as own, address = $address as here, failed
from attempt
where tried_at > $since and (name = $name or address = $address)

select id, login, started_at, seen_at from session where fingerprint = $mark

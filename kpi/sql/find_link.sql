select login from link where fingerprint = $mark and until > $now

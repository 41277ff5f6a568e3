select id from upload where sha256 = $sha256 and id not in (select upload from withdrawal)

insert into member_list values ($plan, $year, $filename, $sha256, $erase_on, $person, $kept_at)

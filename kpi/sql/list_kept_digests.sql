select subject, split_part(became, ' ', 2) from event where act = 'upload_kept' order by id

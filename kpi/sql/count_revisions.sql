select (select count(*) from upload) + (select count(*) from withdrawal)

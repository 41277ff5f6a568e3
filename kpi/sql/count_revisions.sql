select (select count(*) from upload) + (select count(*) from withdrawal) + (select count(*) from decision)

delete from session;
delete from link;
delete from attempt;

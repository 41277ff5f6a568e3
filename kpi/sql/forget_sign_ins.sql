delete from backup_copy.session;
delete from backup_copy.link;
delete from backup_copy.attempt;

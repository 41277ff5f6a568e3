delete from backup_copy.member;
delete from backup_copy.member_list;

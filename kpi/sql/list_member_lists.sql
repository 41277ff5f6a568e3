select member_list.plan, member_list.year, member_list.erase_on, count(member.code)
from member_list
left join member on member.plan = member_list.plan and member.year = member_list.year
group by all
order by member_list.plan, member_list.year

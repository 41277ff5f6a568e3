select member_list.plan, member_list.erase_on, count(member.code)
from member_list
left join member on member.plan = member_list.plan
group by all
order by member_list.plan

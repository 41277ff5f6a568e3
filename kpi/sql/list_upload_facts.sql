select 'upload' as sort, upload::varchar as facts from upload where id = $upload
union all
select 'reading', reading::varchar from reading where reading.upload = $upload
union all
select 'answer', answer::varchar from answer where answer.upload = $upload
order by all

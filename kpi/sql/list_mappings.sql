-- The newest of each, with who settled it and when.
select mapping.sort, mapping.found, mapping.choice, upload.person, upload.kept_at
from mapping
join upload on upload.id = mapping.upload
where upload.plan = $plan and upload.reporter = $reporter
    and if(
        $among is null,
        upload.id not in (select upload from withdrawal),
        list_contains($among::integer[], upload.id)
    )
qualify row_number() over (partition by mapping.sort, mapping.found order by mapping.upload desc) = 1
order by mapping.sort, mapping.found

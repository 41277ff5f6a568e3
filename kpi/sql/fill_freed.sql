-- Random digits, which no compression makes smaller than the blocks they are to fill.
create or replace table freed as
select md5(random()::varchar) || md5(random()::varchar) || md5(random()::varchar) || md5(random()::varchar) as filler
from range((select (free_blocks + 4) * block_size // 128 from pragma_database_size() where database_name = current_database()))

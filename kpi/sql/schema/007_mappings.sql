-- What a person settled about where a heading, a row or a name of a workbook belongs; offered to its reporter again.
create table mapping (
    upload  integer not null, -- that it was settled for
    sort    varchar not null check (sort in ('heading_unclear', 'indicator_unclear', 'unit_unclear')),
    found   varchar not null, -- as it stood in the sheet, without accents and case
    choice  varchar not null,
    primary key (upload, sort, found)
);

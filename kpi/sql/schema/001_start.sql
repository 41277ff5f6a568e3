create table upload (
    id           integer primary key,
    plan         varchar not null,
    reporter     varchar not null,
    year         smallint not null,
    quarter      tinyint not null check (quarter between 1 and 4),
    filename     varchar not null,
    sha256       varchar not null,
    person       varchar not null,
    kept_at      timestamp not null,
    illustrative boolean not null
);

-- One percent, or one rank, may have more decimals than a counted thing.
create table reading (
    upload              integer not null,
    plan                varchar not null,
    indicator           varchar not null,
    unit                varchar not null,
    year                smallint not null,
    quarter             tinyint not null check (quarter between 1 and 4),
    edition             smallint not null, -- 0: not a ranking
    numerator           decimal(18, 4),
    denominator         decimal(18, 4),
    value               decimal(38, 18),
    state               varchar not null,
    as_of               date not null,
    sheet               varchar not null,
    address             varchar not null,
    denominator_sheet   varchar,
    denominator_address varchar,
    primary key (upload, indicator, unit, year, quarter, edition)
);

create table answer (
    upload   integer not null,
    question varchar not null,
    choice   varchar not null,
    primary key (upload, question)
);

create table withdrawal (
    upload       integer primary key,
    person       varchar not null,
    why          varchar not null,
    withdrawn_at timestamp not null
);

-- What counts today: of all readings not withdrawn, the one from the newest upload.
create view current_reading as
select reading.*
from reading
where upload not in (select upload from withdrawal)
qualify row_number() over (
    partition by plan, indicator, unit, year, quarter, edition order by upload desc
) = 1;

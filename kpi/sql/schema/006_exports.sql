create table snapshot (
    id             varchar primary key,
    plan           varchar not null,
    period         varchar not null, -- "2022-Q4"
    format         varchar not null,
    filename       varchar not null,
    made_at        timestamp not null,
    person         varchar not null,
    plan_sha256    varchar not null,
    figures_sha256 varchar not null,
    sha256         varchar not null,
    closed         boolean not null,
    illustrative   boolean not null
);

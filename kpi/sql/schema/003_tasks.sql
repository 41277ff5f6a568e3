create table task_update (
    id              integer primary key,
    plan            varchar not null,
    task            varchar not null,
    year            smallint not null,
    quarter         tinyint not null check (quarter between 1 and 4),
    state           varchar not null check (state in ('not_started', 'in_progress', 'done', 'dropped')),
    done_on         date,
    planned         varchar not null, -- documents as JSON: title, number, signed_on, issuer
    result          varchar not null,
    note            varchar not null,
    evidence        varchar not null, -- "" where there is none
    evidence_sha256 varchar not null,
    person          varchar not null,
    kept_at         timestamp not null,
    filename        varchar not null, -- "" where it was typed
    workbook_sha256 varchar not null,
    sheet           varchar not null,
    address         varchar not null,
    illustrative    boolean not null
);

-- What the council said of a criterion of a nominee; null takes back what was said before.
create table judgement (
    id        integer primary key,
    plan      varchar not null,
    year      integer not null, -- of the round
    subject   varchar not null,
    criterion varchar not null,
    fulfilled boolean,
    judged_by varchar not null,
    judged_on date not null,
    note      varchar not null,
    person    varchar not null,
    kept_at   timestamp not null
);

-- That a paper of a dossier came in; null takes back what was said before.
create table receipt (
    id          integer primary key,
    plan        varchar not null,
    year        integer not null,
    subject     varchar not null,
    component   varchar not null,
    received_at timestamp,
    document    varchar not null, -- JSON: title, number, signed_on, issuer
    note        varchar not null,
    person      varchar not null,
    kept_at     timestamp not null
);

-- Ratings and discipline of people. Unlike everything else these rows are deleted: when a new list comes, and on the
-- day the plan sets.
create table member_list (
    plan     varchar not null,
    year     integer not null,
    filename varchar not null,
    sha256   varchar not null,
    erase_on date, -- as the plan said then, for when its file is gone
    person   varchar not null,
    kept_at  timestamp not null,
    primary key (plan, year)
);

create table member (
    plan        varchar not null,
    year        integer not null,
    place       integer not null, -- in the list, from 1
    code        varchar not null,
    name        varchar not null,
    room        varchar not null,
    position    varchar not null,
    rating      varchar,
    discipline  varchar,
    decision    varchar not null, -- documents, initiatives and work as JSON
    initiatives varchar not null,
    tasks       varchar not null,
    sheet       varchar not null,
    address     varchar not null,
    primary key (plan, year, code)
);

create table account (
    login         varchar primary key,
    name          varchar not null,
    email         varchar not null,
    password      varchar,          -- an Argon2id hash; null until a link was used
    grants        varchar not null, -- "office reporter:061"
    disabled      boolean not null,
    demonstration boolean not null,
    last_sign_in  timestamp
);

-- Of every token only the SHA-256 is kept.
create table link (
    fingerprint varchar primary key,
    login       varchar not null, -- "" for the first administrator
    until       timestamp not null
);

create table session (
    fingerprint varchar primary key,
    id          varchar not null,
    login       varchar not null,
    started_at  timestamp not null,
    seen_at     timestamp not null
);

-- Names are hashed: people type passwords into the wrong field.
create table attempt (
    tried_at timestamp not null,
    name     varchar not null,
    address  varchar not null,
    failed   boolean not null
);

create table decision (
    id         integer primary key,
    plan       varchar not null,
    year       smallint not null,
    quarter    tinyint not null check (quarter between 1 and 4),
    upload     integer, -- null for what is about the whole quarter
    sort       varchar not null check (sort in ('approval', 'close', 'reopen')),
    person     varchar not null,
    decided_at timestamp not null
);

create table event (
    id         integer primary key,
    happened_at timestamp not null,
    utc_offset varchar not null,
    person     varchar not null,
    act        varchar not null,
    plan       varchar not null,
    unit       varchar not null,
    quarter    varchar not null,
    subject    varchar not null,
    was        varchar not null,
    became     varchar not null,
    previous   varchar not null,
    hash       varchar not null
);

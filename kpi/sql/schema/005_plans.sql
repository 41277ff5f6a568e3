create table plan_text (
    sha256  varchar primary key,
    plan    varchar not null,
    content varchar not null,
    kept_at timestamp not null,
    person  varchar not null
);

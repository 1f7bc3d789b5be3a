create table authors (
    id bigint primary key,
    name text not null
);
create index on authors (name, id);

create table genres (
    id bigint primary key,
    name text not null unique
);

create table books (
    id bigint primary key,
    title text not null,
    author_id bigint not null references authors,
    genre_id bigint not null references genres,
    price numeric(8, 2) not null check (price >= 0),
    published date not null
);
create index on books (author_id);
create index on books (genre_id, id);

-- A change must name the old author and the old genre too: the keys of their lists depend on them.
alter table books replica identity full;

create table blurbs (
    book_id bigint primary key,
    blurb text not null
);

create table stock (
    book_id bigint primary key references books,
    quantity int not null check (quantity >= 0)
);

create table reviews (
    id bigint generated always as identity primary key,
    book_id bigint not null references books,
    stars int not null check (stars between 1 and 5),
    body text not null,
    written timestamptz not null
);
create index on reviews (book_id, id);

-- A deleted review names its book only so.
alter table reviews replica identity full;

create table accounts (
    id bigint primary key,
    name text not null,
    email text not null unique,
    -- SHA-256 of the token that lets its owner in, in hexadecimal digits.
    token_hash text not null unique
);

create table orders (
    id bigint generated always as identity primary key,
    account_id bigint not null references accounts,
    book_id bigint not null references books,
    quantity int not null check (quantity > 0),
    ordered timestamptz not null
);
create index on orders (account_id, id);
create index on orders (book_id);

-- A deleted order names its account only so.
alter table orders replica identity full;

create table authors (
    id bigint primary key,
    name text not null
);

create table books (
    id bigint primary key,
    title text not null,
    author_id bigint not null references authors,
    price numeric(8, 2) not null check (price >= 0),
    published date not null
);

create index on books (author_id);
create index on authors (name, id);

-- A change must name the old author too: the key of that author's list depends on it.
alter table books replica identity full;

create table blurbs (
    book_id bigint primary key,
    blurb text not null
);

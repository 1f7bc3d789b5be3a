-- What the strategy with LISTEN and NOTIFY needs, and nobody else: the id of each book whose page a change touches.
create function page_changed() returns trigger language plpgsql as $$
begin
    if tg_op = 'TRUNCATE' then
        perform pg_notify('page_changed', '*');
        return null;
    end if;
    if tg_op <> 'INSERT' then
        perform pg_notify('page_changed', to_jsonb(old) ->> tg_argv[0]);
    end if;
    if tg_op <> 'DELETE' then
        perform pg_notify('page_changed', to_jsonb(new) ->> tg_argv[0]);
    end if;
    return null;
end
$$;

create trigger page_changed after insert or update or delete on books
    for each row execute function page_changed('id');
create trigger page_changed after insert or update or delete on stock
    for each row execute function page_changed('book_id');
create trigger page_changed after insert or update or delete on reviews
    for each row execute function page_changed('book_id');

create trigger page_emptied after truncate on books execute function page_changed();
create trigger page_emptied after truncate on stock execute function page_changed();
create trigger page_emptied after truncate on reviews execute function page_changed();

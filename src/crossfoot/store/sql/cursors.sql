-- name: cursors.get
-- Where the next listing of a kind begins.
select cursor, listed_at, full_at from cursors where connection = :connection and side = :side and kind = :kind;

-- name: cursors.all
-- Where every next listing begins.
select side, kind, cursor, listed_at, full_at from cursors where connection = :connection order by side, kind;

-- name: cursors.put
-- A listing got this far.
insert into cursors (connection, side, kind, cursor, listed_at, full_at)
values (:connection, :side, :kind, :cursor, :listed_at, :full_at)
on conflict (connection, side, kind) do update set
  cursor = excluded.cursor, listed_at = excluded.listed_at, full_at = coalesce(excluded.full_at, cursors.full_at);

-- name: cursors.forget
-- The next listing of a kind is a full one.
delete from cursors where connection = :connection and side = :side and kind = :kind;

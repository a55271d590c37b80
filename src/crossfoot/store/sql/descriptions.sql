-- name: descriptions.put
-- What an account told about itself when it was last looked at.
insert into descriptions (connection, side, told) values (:connection, :side, :told)
on conflict (connection, side) do update set told = excluded.told;

-- name: descriptions.get
-- What both accounts of a connection told last.
select side, told from descriptions where connection = :connection;

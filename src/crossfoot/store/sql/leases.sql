-- name: leases.acquire
-- A lease that is free or has run out; its fence grows with each holder and never repeats.
insert into leases (name, holder, fence, expires_at) values (:name, :holder, 1, :expires_at)
on conflict (name) do update set
  holder = excluded.holder, fence = leases.fence + 1, expires_at = excluded.expires_at
where leases.expires_at <= :now
returning fence;

-- name: leases.renew
-- A lease that is still held goes on.
update leases set expires_at = :expires_at
where name = :name and holder = :holder and fence = :fence and expires_at > :now;

-- name: leases.release
-- A holder lets go.
update leases set expires_at = 0 where name = :name and holder = :holder and fence = :fence;

-- name: leases.held
-- Whether nobody has taken a lease over.
select 1 as held from leases where name = :name and holder = :holder and fence = :fence and expires_at <> 0;

-- name: leases.taken
-- Whether a lease is held and has not run out.
select 1 as held from leases where name = :name and expires_at > :now;

-- name: leases.holder
-- Who took a lease and has not given it back.
select holder, fence from leases where name = :name and expires_at <> 0;

-- name: records.put
-- A look that told something new. Who a record is kept inside, and when it changed, stay known when a look does not tell.
insert into records (connection, side, kind, id, standing, fields, modified, since, survivor, parent, seen_at)
values (:connection, :side, :kind, :id, :standing, :fields, :modified, :since, :survivor, :parent, :seen_at)
on conflict (connection, side, kind, id) do update set
  standing = excluded.standing, fields = excluded.fields, modified = coalesce(excluded.modified, records.modified),
  since = excluded.since, survivor = excluded.survivor, parent = coalesce(excluded.parent, records.parent),
  seen_at = excluded.seen_at;

-- name: records.touch
-- Looks that told nothing new.
update records set seen_at = case when seen_at > :seen_at then seen_at else :seen_at end
where connection = :connection and side = :side and kind = :kind and id in each(:ids);

-- name: records.children
-- The records kept inside some others.
select kind, id, standing, fields, modified, since, survivor, parent, seen_at from records
where connection = :connection and side = :side and parent in each(:parents)
order by parent, kind, id;

-- name: records.live_children
-- The live records that were kept inside some others when they were last seen.
select kind, id from records
where connection = :connection and side = :side and parent in each(:parents) and standing = 'live' and seen_at <= :seen_at;

-- name: records.archive
-- These records are gone from the complete list of the record that they were kept inside.
update records set standing = 'archived', seen_at = :seen_at
where connection = :connection and side = :side and kind = :kind and id in each(:ids);

-- name: records.get
-- Some records as last seen.
select id, standing, fields, modified, since, survivor, parent, seen_at from records
where connection = :connection and side = :side and kind = :kind and id in each(:ids);

-- name: records.live
-- Which of some records are live.
select id from records
where connection = :connection and side = :side and kind = :kind and standing = 'live' and id in each(:ids);

-- name: records.page
-- The records of a kind in the order of their ids.
select id, standing, fields, modified, since, survivor, parent, seen_at from records
where connection = :connection and side = :side and kind = :kind and id > :after_id
order by id limit :limit;

-- name: records.unseen_since
-- Live records that no look has shown since a moment.
select id from records
where connection = :connection and side = :side and kind = :kind and standing = 'live' and seen_at < :moment
order by id;

-- name: records.counts
-- How many records of each kind are in which standing.
select side, kind, standing, count(*) as number from records
where connection = :connection group by side, kind, standing order by side, kind, standing;

-- name: records.erase
-- Nothing of these records may be kept but that they were erased.
update records set standing = 'erased', fields = '{}', modified = null, since = '{}', survivor = null
where connection = :connection and side = :side and kind = :kind and id in each(:ids);

-- name: records.versions
-- How some records stand, when they last changed by their side's clock, and when we last saw them.
select id, standing, modified, seen_at from records
where connection = :connection and side = :side and kind = :kind and id in each(:ids);

-- name: records.search
-- Records by an id or the exact text of a field.
select side, kind, id from records
where connection = :connection and standing <> 'erased' and (id = :id or lower(fields) like :text)
order by side, kind, id limit :limit;

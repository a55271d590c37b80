-- With which version of its record, by its side's clock, each value first showed, where that is not the newest one: JSON, path to microseconds.
alter table records add column since text not null default '{}';

-- The promotion into an earlier stage whose success made this one, by itself.
alter table promotions add column follows uuid references promotions (id);

create index promotions_follows on promotions (follows) where follows is not null;

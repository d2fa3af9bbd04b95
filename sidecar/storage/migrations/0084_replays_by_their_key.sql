-- The end of a replay finds it by its key, whatever statistics say.
drop index replays_under_way;

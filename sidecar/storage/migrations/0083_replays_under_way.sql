-- Where a replay is ended. Few are under way at any moment; statistics taken while none was made the
-- planner read all replays that ever were, once for all ends that come together.
create index replays_under_way on replays (letter_id, number) where status in ('running', 'in-doubt');

-- Letters whose time to live ran out, packed: their payload, input and definition as gzipped JSON. The
-- row of the letter stays, without them.
create table letter_archive (
	letter_id uuid primary key references dead_letters (id) on delete cascade,
	content bytea not null
);

alter table dead_letters
	-- Since when its content is in the archive; null: it is in the row.
	add column archived_at timestamptz;

create index dead_letters_to_archive on dead_letters (id)
where state = 'expired' and archived_at is null;
create index dead_letters_over on dead_letters (updated_at)
where state in ('resolved', 'discarded', 'expired');

alter table dead_letters
	add column severity text not null default 'error',
	-- What the reporter calls the same work; see accept-letter.ts.
	add column fingerprint text,
	-- How often work with that fingerprint failed while this letter was open.
	add column occurrences integer not null default 1,
	-- Where a person can look at the execution.
	add column execution_url text;

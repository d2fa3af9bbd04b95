alter table bulk_replays
	-- How much slower live executions may become; null: that is not looked at.
	add column live_ratio double precision,
	-- No letter is begun within.
	add column quiet_hours json,
	-- Letters begun a second now; null: as ordered.
	add column pace double precision,
	-- How long live executions took before it began, by workflow; null: not looked at yet.
	add column baseline json,
	add column paced_at timestamptz;

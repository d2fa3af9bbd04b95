import type { DeadLetterStore } from '../dead-letters/dead-letter-store';
import { findLetter } from './letter-queries';
import { pack, type ContentTexts } from './letter-packing';
import type { Queryable } from './queryable';
import { storedJson } from './stored-text';

/** Letters packed at once: each may be as large as a payload. */
const atOnce = 20;

/**
 * A letter is marked as expired in the statement that packs it, and only as it was when it was read. Those
 * that an older replica has only marked are packed as well.
 */
export async function expireLetters(
	client: Queryable,
	now: Date,
): ReturnType<DeadLetterStore['expire']> {
	const expired = new Map<string, number>();
	let after: string | null = null;
	do {
		const rows: ExpiringRow[] = await expiring(client, now, after);
		const packed = await Promise.all(rows.map(pack));
		const { rows: marked } = await client.query<{ environment: string; was_open: boolean }>(
			archiveSql,
			[now, rows.map(({ id }) => id), rows.map((row) => row.updated_at), packed],
		);
		for (const { environment, was_open } of marked) {
			if (was_open) expired.set(environment, (expired.get(environment) ?? 0) + 1);
		}
		after = rows.length === atOnce ? (rows.at(-1)?.id ?? null) : null;
	} while (after !== null);
	return [...expired].map(([environment, letters]) => ({ environment, letters }));
}

interface ExpiringRow extends ContentTexts {
	id: string;
	updated_at: string;
}

async function expiring(
	client: Queryable,
	now: Date,
	after: string | null,
): Promise<ExpiringRow[]> {
	const { rows } = await client.query<ExpiringRow>(
		`select dead_letters.id, dead_letters.updated_at::text, dead_letters.trigger::text,
			dead_letters.failed_input::text, dead_letters.ran::text
		from dead_letters
		where (dead_letters.state in ('waiting', 'scheduled') and dead_letters.expires_at <= $1
				or dead_letters.state = 'expired' and dead_letters.archived_at is null)
			and ($2::uuid is null or dead_letters.id > $2)
		order by dead_letters.id limit $3`,
		[now, after, atOnce],
	);
	return rows;
}

const archiveSql = `with given as (
		select * from unnest($2::uuid[], $3::timestamptz[], $4::bytea[]) as given (id, updated_at, content)
	), marked as (
		update dead_letters set state = 'expired', next_replay_at = null, updated_at = $1,
			archived_at = coalesce(before.archived_at, $1),
			trigger = case when before.archived_at is null then null else dead_letters.trigger end,
			failed_input = case when before.archived_at is null then '[]'::json
				else dead_letters.failed_input end,
			ran = case when before.archived_at is null then null else dead_letters.ran end
		from given join dead_letters as before on before.id = given.id
		where dead_letters.id = given.id and dead_letters.updated_at = given.updated_at
			and (dead_letters.state in ('waiting', 'scheduled') and dead_letters.expires_at <= $1
				or dead_letters.state = 'expired' and dead_letters.archived_at is null)
		returning dead_letters.id, dead_letters.environment, before.state <> 'expired' as was_open
	), kept as (
		insert into letter_archive (letter_id, content)
		select marked.id, given.content from marked join given on given.id = marked.id
		-- Packed before, replayed in vain and expired again.
		on conflict (letter_id) do nothing
	)
	select marked.environment, marked.was_open from marked`;

export async function restoreLetter(
	client: Queryable,
	...[id, { expiresAt, note, at }]: Parameters<DeadLetterStore['restore']>
): Promise<boolean> {
	const letter = await findLetter(client, id);
	if (!letter) return false;
	const { trigger, failedInput, ran, updatedAt } = letter;
	const { rowCount } = await client.query(
		`with restored as (
			update dead_letters set state = 'waiting', archived_at = null, trigger = $2, failed_input = $3,
				ran = $4, expires_at = $5, updated_at = $6,
				note = nullif(concat_ws(E'\\n', dead_letters.note, $7::text), '')
			where dead_letters.id = $1 and dead_letters.state = 'expired'
				and date_trunc('milliseconds', dead_letters.updated_at) = $8
			returning dead_letters.id
		), unpacked as (
			delete from letter_archive using restored where letter_archive.letter_id = restored.id
		)
		select restored.id from restored`,
		[
			id,
			storedJson(trigger),
			storedJson(failedInput),
			storedJson(ran),
			expiresAt,
			at,
			note,
			updatedAt,
		],
	);
	return rowCount === 1;
}

/** Of a bulk replay that is not over, no letter goes. */
export async function purgeLetters(
	client: Queryable,
	...[before, limit]: Parameters<DeadLetterStore['purge']>
): Promise<number> {
	const { rows } = await client.query<{ letters: number }>(purgeSql, [before, limit]);
	return rows[0]?.letters ?? 0;
}

const purgeSql = `with over as (
		select dead_letters.id from dead_letters
		where dead_letters.state in ('resolved', 'discarded', 'expired')
			and dead_letters.updated_at < $1
			and not exists (select from bulk_replay_letters as member
				where member.letter_id = dead_letters.id and member.state in ('waiting', 'replaying'))
		order by dead_letters.updated_at limit $2
		for update skip locked
	), members as (
		delete from bulk_replay_letters as member using over where member.letter_id = over.id
	), tries as (
		delete from replays using over where replays.letter_id = over.id
	), executions_of as (
		delete from letter_executions using over where letter_executions.letter_id = over.id
	), removed as (
		delete from dead_letters using over where dead_letters.id = over.id
		returning dead_letters.id
	)
	select count(*)::integer as letters from removed`;

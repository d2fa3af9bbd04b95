import type {
	LetterVerdict,
	Rehearsal,
	RehearsedLetter,
	Verdict,
} from '../dead-letters/rehearsal/rehearsal';
import type { RehearsalStore } from '../dead-letters/rehearsal/rehearsal-store';
import { storedFilter, toFilter, valuesOf, whereSelected } from './bulk-selection';
import type { Queryable } from './queryable';
import { storedText } from './stored-text';

export function createRehearsalStore(client: Queryable): RehearsalStore {
	const find = async (id: string) =>
		(await rehearsals(client, 'where rehearsals.id = $1', [id]))[0] ?? null;
	return {
		create: async (rehearsal) => {
			await createRehearsal(client, rehearsal);
			const kept = await find(rehearsal.id);
			if (!kept) throw new Error(`rehearsal ${rehearsal.id} was not kept`);
			return kept;
		},
		find,
		list: async ({ environment }, { limit, after }) =>
			await rehearsals(
				client,
				`where ($1::text is null or rehearsals.letters_of = $1)
					and ($2::uuid is null or rehearsals.id < $2)
				order by rehearsals.id desc limit $3`,
				[environment ?? null, after, limit],
			),
		lettersOf: async (id) => await lettersOf(client, id),
		running: async (now) => {
			await client.query(finishSql, [now]);
			return await rehearsals(
				client,
				'where rehearsals.finished_at is null order by rehearsals.id',
				[],
			);
		},
		setReason: async (id, reason) => {
			await client.query('update rehearsals set reason = $2 where rehearsals.id = $1', [
				id,
				storedText(reason),
			]);
		},
		claim: async (id, ttlMs) => {
			const { rows } = await client.query<{ letter_id: string }>(claimSql, [id, ttlMs]);
			return rows[0]?.letter_id ?? null;
		},
		renew: async (id, letterId, ttlMs) => {
			await client.query(renewSql, [id, letterId, ttlMs]);
		},
		settle: async (id, letterId, result, at) => {
			const { verdict, node, message, executionId, assumed } = result;
			const texts = [storedText(node), storedText(message), executionId];
			const values = [id, letterId, verdict, ...texts, JSON.stringify(assumed), at];
			await client.query(settleSql, values);
		},
	};
}

const finishSql = `update rehearsals set finished_at = $1, reason = null
	where rehearsals.finished_at is null and not exists (
		select from rehearsal_letters as member
		where member.rehearsal_id = rehearsals.id and member.verdict is null)`;

const claimSql = `with turn as (
		select member.letter_id from rehearsal_letters as member
		where member.rehearsal_id = $1 and member.verdict is null
			and (member.lease_expires_at is null or member.lease_expires_at < clock_timestamp())
		order by member.letter_id desc limit 1
		for update skip locked
	)
	update rehearsal_letters as member
	set lease_expires_at = clock_timestamp() + $2 * interval '1 millisecond'
	from turn where member.rehearsal_id = $1 and member.letter_id = turn.letter_id
	returning member.letter_id`;

const renewSql = `update rehearsal_letters as member
	set lease_expires_at = clock_timestamp() + $3 * interval '1 millisecond'
	where member.rehearsal_id = $1 and member.letter_id = $2 and member.verdict is null`;

const settleSql = `update rehearsal_letters as member set verdict = $3, node = $4, message = $5,
		execution_id = $6, assumed = $7, ended_at = $8, lease_expires_at = null
	where member.rehearsal_id = $1 and member.letter_id = $2 and member.verdict is null`;

async function createRehearsal(
	client: Queryable,
	rehearsal: Parameters<RehearsalStore['create']>[0],
): Promise<void> {
	const { filter, workflowKey } = rehearsal;
	await client.query(
		`with rehearsal as (
			insert into rehearsals (id, letters_of, environment, version_id, filter, most, requested_by,
				created_at)
			values ($12, $1, $13, $14, $15, $16, $17, $18)
			returning rehearsals.id
		)
		insert into rehearsal_letters (rehearsal_id, letter_id)
		select rehearsal.id, selected.id from rehearsal cross join (
			select dead_letters.id ${whereSelected} order by dead_letters.id desc limit $16
		) as selected`,
		[
			...valuesOf({ ...filter, workflow: workflowKey }),
			rehearsal.id,
			rehearsal.environment,
			rehearsal.versionId,
			storedFilter(filter),
			rehearsal.limit,
			rehearsal.requestedBy,
			rehearsal.createdAt,
		],
	);
}

async function lettersOf(client: Queryable, id: string): Promise<RehearsedLetter[]> {
	const { rows } = await client.query<{
		letter_id: string;
		verdict: Verdict | null;
		node: string | null;
		message: string | null;
		execution_id: string | null;
		assumed: LetterVerdict['assumed'] | null;
	}>(
		`select member.letter_id, member.verdict, member.node, member.message, member.execution_id,
			member.assumed
		from rehearsal_letters as member where member.rehearsal_id = $1 order by member.letter_id desc`,
		[id],
	);
	return rows.map(({ letter_id: letterId, verdict, execution_id: executionId, ...row }) => ({
		letterId,
		result: verdict && { ...row, verdict, executionId, assumed: row.assumed ?? [] },
	}));
}

interface RehearsalRow {
	id: string;
	environment: string;
	version_id: string;
	filter: Record<string, unknown>;
	most: number;
	reason: string | null;
	requested_by: string;
	created_at: Date;
	finished_at: Date | null;
	counts: Rehearsal['counts'];
}

async function rehearsals(
	client: Queryable,
	where: string,
	values: unknown[],
): Promise<Rehearsal[]> {
	const { rows } = await client.query<RehearsalRow>(
		`select rehearsals.id, rehearsals.environment, rehearsals.version_id, rehearsals.filter,
			rehearsals.most, rehearsals.reason, rehearsals.requested_by, rehearsals.created_at,
			rehearsals.finished_at, (
				select json_build_object(
					'total', count(*),
					'waiting', count(*) filter (where member.verdict is null),
					'succeeds', count(*) filter (where member.verdict = 'succeeds'),
					'fails', count(*) filter (where member.verdict = 'fails'),
					'cannot-tell', count(*) filter (where member.verdict = 'cannot-tell'))
				from rehearsal_letters as member where member.rehearsal_id = rehearsals.id
			) as counts
		from rehearsals ${where}`,
		values,
	);
	return rows.map((row) => ({
		id: row.id,
		filter: toFilter(row.filter),
		versionId: row.version_id,
		environment: row.environment,
		limit: row.most,
		state: row.finished_at === null ? 'running' : 'finished',
		reason: row.reason,
		requestedBy: row.requested_by,
		createdAt: row.created_at,
		finishedAt: row.finished_at,
		counts: row.counts,
	}));
}

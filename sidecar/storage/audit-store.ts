import { linkAfter, type AuditEntry, type AuditEvent, type ChainHead } from '../audit/audit-entry';
import type { AuditFilter, AuditStore } from '../audit/audit-store';
import { combineCalls } from '../kernel/combine-calls';
import type { Pool, Queryable } from './pool';
import { storedText } from './stored-text';
import { transaction } from './transaction';

interface Append {
	event: AuditEvent;
	intent: string | undefined;
}

export function createAuditStore(pool: Pool): AuditStore {
	// Those of one process that come at once share a transaction, and so the wait for the head.
	const append = combineCalls<Append, void>(
		async (_chain, calls) => {
			await transaction(pool, async (tx) => {
				await link(
					tx,
					calls.map(({ event }) => event),
				);
				const intents = calls.flatMap(({ intent }) => intent ?? []);
				await tx.query('delete from audit_intents where audit_intents.id = any ($1::uuid[])', [
					intents,
				]);
			});
			return calls.map(() => ({ answer: undefined }));
		},
		{ most: 200 },
	);
	return {
		intend: async (id, event) => {
			await pool.query('insert into audit_intents (id, at, event) values ($1, $2, $3)', [
				id,
				event.at,
				JSON.stringify(event),
			]);
		},
		append: async (event, intent) => {
			await append('audit', { event, intent });
		},
		recover: async (before) =>
			await transaction(pool, async (tx) => {
				const { rows } = await tx.query<{ event: AuditEvent & { at: string } }>(recoverSql, [
					before,
				]);
				await link(
					tx,
					rows.map(({ event }) => ({ ...event, at: new Date(event.at) })),
				);
				return rows.length;
			}),
		list: async (filter, page) => await list(pool, filter, page),
		readAfter: async (seq, limit) => {
			const sql = `${selectEntries} where audit_log.seq > $1 order by audit_log.seq limit $2`;
			return (await pool.query<AuditEntry>(sql, [seq, limit])).rows;
		},
		head: async () => await readHead(pool, ''),
	};
}

const recoverSql = `
	with abandoned as (
		select audit_intents.id from audit_intents
		where audit_intents.at < $1
		order by audit_intents.at
		limit 500
		for update skip locked
	)
	delete from audit_intents using abandoned
	where audit_intents.id = abandoned.id
	returning audit_intents.event`;

/** Adds events at the end of the one chain of the fleet; the head's row is held until the transaction ends. */
async function link(tx: Queryable, events: readonly AuditEvent[]): Promise<void> {
	if (events.length === 0) return;
	const head = await readHead(tx, 'for update');
	const entries = linkAfter(head, events.map(asStored));
	const column = <Key extends keyof AuditEntry>(key: Key) => entries.map((entry) => entry[key]);
	await tx.query(insertSql, [
		column('seq'),
		column('at').map((at) => at.toISOString()),
		column('actor'),
		column('action'),
		column('subject'),
		column('environment'),
		column('outcome'),
		column('requestId'),
		column('details').map((details) => JSON.stringify(details)),
		column('previousHash'),
		column('hash'),
	]);
	const last = entries.at(-1);
	await tx.query('update audit_head set seq = $1, hash = $2', [last?.seq, last?.hash]);
}

const insertSql = `
	insert into audit_log (seq, at, actor, action, subject, environment, outcome, request_id, details,
		previous_hash, hash)
	select entry.seq, entry.at, entry.actor, entry.action, entry.subject, entry.environment,
		entry.outcome, entry.request_id, entry.details::json, entry.previous_hash, entry.hash
	from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[],
		$7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
		as entry (seq, at, actor, action, subject, environment, outcome, request_id, details,
			previous_hash, hash)`;

/** What is hashed is what a text column can hold. */
function asStored(event: AuditEvent): AuditEvent {
	return {
		...event,
		actor: storedText(event.actor),
		subject: storedText(event.subject),
		environment: storedText(event.environment),
		requestId: storedText(event.requestId),
	};
}

async function readHead(db: Queryable, lock: '' | 'for update'): Promise<ChainHead> {
	const { rows } = await db.query<ChainHead>(
		`select audit_head.seq, audit_head.hash from audit_head ${lock}`,
	);
	const head = rows[0];
	if (!head) throw new TypeError('the head of the audit log is gone');
	return head;
}

const selectEntries = `select audit_log.seq, audit_log.at, audit_log.actor, audit_log.action,
	audit_log.subject, audit_log.environment, audit_log.outcome, audit_log.request_id as "requestId",
	audit_log.details, audit_log.previous_hash as "previousHash", audit_log.hash from audit_log`;

async function list(
	db: Queryable,
	filter: AuditFilter,
	page: { limit: number; beforeSeq: number | null },
): Promise<AuditEntry[]> {
	const { rows } = await db.query<AuditEntry>(
		`${selectEntries}
		where ($1::bigint is null or audit_log.seq < $1)
			and ($2::text is null or audit_log.actor = $2)
			and ($3::text is null or audit_log.action = $3)
			and ($4::text is null or audit_log.subject = $4)
			and ($5::text is null or audit_log.environment = $5)
			and ($6::text is null or audit_log.outcome = $6)
			and ($7::timestamptz is null or audit_log.at >= $7)
			and ($8::timestamptz is null or audit_log.at < $8)
		order by audit_log.seq desc
		limit $9`,
		[
			page.beforeSeq,
			filter.actor ?? null,
			filter.action ?? null,
			filter.subject ?? null,
			filter.environment ?? null,
			filter.outcome ?? null,
			filter.since ?? null,
			filter.until ?? null,
			page.limit,
		],
	);
	return rows;
}

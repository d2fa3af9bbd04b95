import { z } from 'zod';
import { auditOutcomes, type AuditEntry } from '../audit/audit-entry';
import type { AuditFilter, AuditStore } from '../audit/audit-store';
import { verifyChain } from '../audit/verify-chain';
import type { AuditEntry as WireEntry, AuditProof } from '../contract/audit';
import { OrchestrationError } from '../kernel/errors';
import { pageOf, pageQuery, toPage } from './paging';
import { defineRoute, type Route } from './route';
import { dateTime, environmentName, plainText } from './wire-schemas';

const hash = z.string().regex(/^[0-9a-f]{64}$/, { error: 'expected 64 hex digits' });

const entrySchema = z
	.strictObject({
		seq: z.int(),
		at: dateTime,
		actor: z.string(),
		action: z.string(),
		subject: z.string().nullable(),
		environment: z.string().nullable(),
		outcome: z.enum(auditOutcomes),
		requestId: z.string().nullable(),
		details: z.record(z.string(), z.unknown()),
		previousHash: hash,
		hash,
	})
	.meta({ id: 'AuditEntry', description: 'One link of the chain; see docs/audit.md.' });

const proofSchema = z
	.strictObject({
		intact: z.boolean(),
		entries: z.int(),
		head: z.strictObject({ seq: z.int(), hash }),
		fault: z
			.strictObject({ seq: z.int(), kind: z.string(), message: z.string() })
			.nullable()
			.meta({ description: 'The first thing that is not as it was written.' }),
	})
	.meta({ id: 'AuditProof' });

const moment = dateTime.transform((text) => new Date(text));

const exampleEntry: WireEntry = {
	seq: 1207,
	at: '2031-04-01T12:00:00.000Z',
	actor: 'release pipeline',
	action: 'POST /api/v1/promotions/{id}/apply',
	subject: '0198c0de-7a11-7c0d-8000-00000000000a',
	environment: 'production',
	outcome: 'ok',
	requestId: '0198c0de-7a11-7c0d-8000-00000000000b',
	details: { status: 202 },
	previousHash: '5d41402abc4b2a76b9719d911017c5925d41402abc4b2a76b9719d911017c592',
	hash: '7d793037a0760186574b0282f2f435e77d793037a0760186574b0282f2f435e7',
};
const exampleProof: AuditProof = {
	intact: true,
	entries: 1207,
	head: { seq: 1207, hash: exampleEntry.hash },
	fault: null,
};

export function auditRoutes({ store }: { store: AuditStore }): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/api/v1/audit',
			summary: 'Who did what, newest first',
			description:
				'Every call that changes something, also one that was refused, and what the sidecar did by ' +
				'itself (actors `system:…`). A token for one environment sees what concerns that one.',
			role: 'operator',
			environment: 'handler',
			query: pageQuery({
				actor: plainText(200).optional(),
				action: plainText(200).optional(),
				subject: plainText(500).optional(),
				environment: environmentName.optional(),
				outcome: z.enum(auditOutcomes).optional(),
				since: moment.optional(),
				until: moment.optional(),
			}),
			responses: { 200: pageOf(entrySchema) },
			examples: { response: { data: [exampleEntry], nextCursor: null } },
		}).handledBy(async ({ query, actor }) => {
			const { limit, cursor, ...given } = query;
			const own = actor.environment;
			if (own !== null && given.environment !== undefined && given.environment !== own) {
				return { status: 200, body: { data: [], nextCursor: null } };
			}
			const rows = await store.list(filterOf({ ...given, environment: own ?? given.environment }), {
				limit: limit + 1,
				beforeSeq: seqCursor(cursor),
			});
			return { status: 200, body: toPage(rows.map(toWire), query, ({ seq }) => String(seq)) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/audit/verify',
			summary: 'Prove that the audit log is as it was written',
			description:
				'Computes every hash again. Give the `seq` and `hash` of a head that was noted elsewhere ' +
				'before, and it is proven too that the chain was not written anew.',
			role: 'operator',
			query: z
				.strictObject({
					seq: z
						.string()
						.regex(/^[1-9]\d{0,14}$/)
						.transform(Number)
						.optional()
						.meta({ override: { type: 'integer', minimum: 1 } }),
					hash: hash.optional(),
				})
				.refine((query) => (query.seq === undefined) === (query.hash === undefined), {
					error: 'expected both seq and hash, or neither',
				}),
			responses: { 200: proofSchema },
			examples: { response: exampleProof },
		}).handledBy(async ({ query: { seq, hash: noted } }) => {
			const anchor = seq === undefined || noted === undefined ? null : { seq, hash: noted };
			const { intact, entries, head, ...rest } = await verifyChain(store, anchor);
			const fault = 'fault' in rest ? rest.fault : null;
			return { status: 200, body: { intact, entries, head, fault } };
		}),
	];
}

type Given = { [Key in keyof AuditFilter]: AuditFilter[Key] | undefined };

function filterOf(given: Given): AuditFilter {
	return Object.fromEntries(
		Object.entries(given).filter(([, value]) => value !== undefined),
	) as AuditFilter;
}

function seqCursor(cursor: string | null): number | null {
	if (cursor === null) return null;
	if (/^[1-9]\d{0,14}$/.test(cursor)) return Number(cursor);
	throw new OrchestrationError(
		'invalid_request',
		'Expected cursor to be the nextCursor of a page of this list, got one of another list.',
	);
}

function toWire({ at, ...entry }: AuditEntry): WireEntry {
	return { ...entry, at: at.toISOString() };
}

import { z } from 'zod';
import { checkLaw, type CheckedLedger } from '../conservation/check-law';
import { ledgerNames } from '../conservation/ledger';
import type { LedgerStore } from '../conservation/ledger-store';
import type { Ledger, WriteOff } from '../contract/conservation';
import { defineRoute, type Route } from './route';
import { dateTime, plainText } from './wire-schemas';

export const ledgerSchema = z
	.strictObject({
		ledger: z.enum(ledgerNames),
		accepted: z.int(),
		completed: z.int(),
		deadLettered: z.int(),
		discarded: z.int(),
		inFlight: z.int(),
		imbalance: z.int().meta({
			description: 'Accepted work that is none of these; 0 while the law holds.',
		}),
		losses: z
			.array(z.strictObject({ id: z.string(), standing: z.string(), noticedAt: dateTime }))
			.meta({ description: 'Work that is gone without having ended, newest first, at most 100.' }),
		recountedAt: dateTime.nullable().meta({
			description: 'When the rows themselves were last counted.',
		}),
	})
	.meta({ id: 'Ledger', description: 'What became of all that was accepted; docs/operate.md.' });

export const writeOffSchema = z
	.strictObject({ ledger: z.enum(ledgerNames), writtenOff: z.int() })
	.meta({ id: 'WriteOff' });

const exampleLedger: Ledger = {
	ledger: 'events',
	accepted: 5_000,
	completed: 4_950,
	deadLettered: 0,
	discarded: 38,
	inFlight: 12,
	imbalance: 0,
	losses: [],
	recountedAt: '2031-04-01T12:00:00.000Z',
};
const exampleWriteOff: WriteOff = { ledger: 'events', writtenOff: 0 };

/** The ledgers are of the whole fleet: tokens for one environment are kept out. */
export function conservationRoutes(ledgers: LedgerStore): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/api/v1/conservation',
			summary: 'What became of everything that was accepted',
			description:
				'accepted = completed + deadLettered + discarded + inFlight, in each ledger, always. What ' +
				'is missing is named as far as it is known.',
			role: 'viewer',
			responses: { 200: z.strictObject({ data: z.array(ledgerSchema) }) },
			examples: { response: { data: [exampleLedger] } },
		}).handledBy(async () => ({
			status: 200,
			body: { data: (await checkLaw(ledgers)).map(toWire) },
		})),
		defineRoute({
			method: 'post',
			path: '/api/v1/conservation/{ledger}/write-off',
			summary: 'Take what is missing as discarded',
			description:
				'After somebody has looked into it: the law holds again, the alert ends, and the audit log ' +
				'says who took the loss and why.',
			role: 'admin',
			params: z.strictObject({ ledger: z.enum(ledgerNames) }),
			body: z.strictObject({ reason: plainText(500) }),
			responses: { 200: writeOffSchema },
			examples: {
				params: { ledger: 'events' },
				body: { reason: 'A test sender, cleaned up by hand' },
				response: exampleWriteOff,
			},
		}).handledBy(async ({ params: { ledger }, note }) => {
			const writtenOff = await ledgers.writeOff(ledger);
			note({ writtenOff });
			return { status: 200, body: { ledger, writtenOff } };
		}),
	];
}

function toWire({ recount, losses, ...sum }: CheckedLedger): Ledger {
	return {
		...sum,
		losses: losses.map(({ noticedAt, ...loss }) => ({
			...loss,
			noticedAt: noticedAt.toISOString(),
		})),
		recountedAt: recount?.countedAt.toISOString() ?? null,
	};
}

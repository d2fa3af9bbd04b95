import { validate } from 'node-cron';
import { z } from 'zod';
import type { Protection, ProtectionInput } from '../contract/environments';
import {
	defaultProtection,
	type Freeze,
	type ProtectionRules,
	type Who,
} from '../environments/protection';
import { isTimezone } from '../kernel/timezone';
import { environmentName, plainText } from './wire-schemas';

const role = z.enum(['operator', 'admin', 'node']);
const names = z.array(plainText(200)).max(100);
const who = z.strictObject({ names: names.optional(), roles: z.array(role).max(3).optional() });

const wallClock = z
	.string()
	.regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d$/, {
		error: 'expected a wall clock like 2031-12-20T18:00',
	});

const freezeFields = z.strictObject({
	name: plainText(200),
	timezone: z.string().refine(isTimezone, { error: 'expected a time zone like Europe/Berlin' }),
	from: wallClock.optional(),
	until: wallClock.optional(),
	cron: z
		.string()
		.refine((text) => validate(text) && text.trim().split(/\s+/).length === 5, {
			error: 'expected a cron expression of five fields, as node-cron takes them',
		})
		.optional(),
	durationMinutes: z.int().min(1).max(10_080).optional(),
});
type GivenFreeze = z.output<typeof freezeFields>;

const freeze = freezeFields.refine(isRangeOrCron, {
	error: 'expected from and a later until, or cron and durationMinutes',
});

const rate = z.number().min(0.0001).max(0.2);
const verifiedIn = z.strictObject({
	environments: z.array(environmentName).min(1).max(20),
	mode: z.enum(['any', 'all']),
});
const parameter = z.strictObject({ node: plainText(200), path: plainText(500) });

export const protectionInput = z
	.strictObject({
		promoters: who.nullable().optional(),
		approvals: z.int().min(0).max(20).optional(),
		approvers: who.nullable().optional(),
		authorMayApprove: z.boolean().optional(),
		freezes: z.array(freeze).max(50).optional(),
		verifiedIn: verifiedIn.nullable().optional(),
		soakSeconds: z.int().min(0).max(2_592_000).optional(),
		rollBackOnRegression: z.boolean().optional(),
		autoPromoteFrom: z.array(environmentName).max(20).optional(),
		watch: z
			.strictObject({
				alpha: rate.optional(),
				beta: rate.optional(),
				failureFactor: z.number().min(1.1).max(100).optional(),
				durationFactor: z.number().min(1).max(100).optional(),
			})
			.optional(),
		owned: z
			.strictObject({
				schedules: z.boolean().optional(),
				settings: names.optional(),
				parameters: z.array(parameter).max(200).optional(),
			})
			.optional(),
	})
	.meta({ id: 'ProtectionInput' });

const whole = z.strictObject({ names: z.array(z.string()), roles: z.array(role) });

export const protectionSchema = z
	.strictObject({
		promoters: whole.nullable(),
		approvals: z.int(),
		approvers: whole.nullable(),
		authorMayApprove: z.boolean(),
		freezes: z.array(
			z.strictObject({
				name: z.string(),
				timezone: z.string(),
				from: z.string().optional(),
				until: z.string().optional(),
				cron: z.string().optional(),
				durationMinutes: z.int().optional(),
			}),
		),
		verifiedIn: z
			.strictObject({ environments: z.array(z.string()), mode: z.enum(['any', 'all']) })
			.nullable(),
		soakSeconds: z.int(),
		rollBackOnRegression: z.boolean(),
		autoPromoteFrom: z.array(z.string()),
		watch: z.strictObject({
			alpha: z.number(),
			beta: z.number(),
			failureFactor: z.number(),
			durationFactor: z.number(),
		}),
		owned: z.strictObject({
			schedules: z.boolean(),
			settings: z.array(z.string()),
			parameters: z.array(z.strictObject({ node: z.string(), path: z.string() })),
		}),
	})
	.meta({ id: 'Protection' });

export function rulesIn(input: z.output<typeof protectionInput>): ProtectionRules {
	const { watch, owned } = defaultProtection;
	return {
		promoters: whoIn(input.promoters),
		approvals: input.approvals ?? 0,
		approvers: whoIn(input.approvers),
		authorMayApprove: input.authorMayApprove ?? false,
		freezes: (input.freezes ?? []).map(freezeIn),
		verifiedIn: input.verifiedIn ?? null,
		soakSeconds: input.soakSeconds ?? 0,
		rollBackOnRegression: input.rollBackOnRegression ?? false,
		autoPromoteFrom: input.autoPromoteFrom ?? [],
		autoPromoteSince: null,
		watch: {
			alpha: input.watch?.alpha ?? watch.alpha,
			beta: input.watch?.beta ?? watch.beta,
			failureFactor: input.watch?.failureFactor ?? watch.failureFactor,
			durationFactor: input.watch?.durationFactor ?? watch.durationFactor,
		},
		owned: {
			schedules: input.owned?.schedules ?? owned.schedules,
			settings: input.owned?.settings ?? owned.settings,
			parameters: input.owned?.parameters ?? owned.parameters,
		},
	};
}

export function protectionToWire(rules: ProtectionRules): Protection {
	const { autoPromoteSince: _, ...shown } = rules;
	return shown;
}

function whoIn(given: z.output<typeof who> | null | undefined): Who | null {
	return given ? { names: given.names ?? [], roles: given.roles ?? [] } : null;
}

function freezeIn({ name, timezone, from, until, cron, durationMinutes }: GivenFreeze): Freeze {
	return cron !== undefined && durationMinutes !== undefined
		? { name, timezone, cron, durationMinutes }
		: { name, timezone, from: from ?? '', until: until ?? '' };
}

function isRangeOrCron({ from, until, cron, durationMinutes }: GivenFreeze): boolean {
	const isRange = from !== undefined && until !== undefined;
	const isCron = cron !== undefined && durationMinutes !== undefined;
	const given = [from, until, cron, durationMinutes].filter((field) => field !== undefined);
	return given.length === 2 && (isCron || (isRange && from < until));
}

export const exampleProtection: ProtectionInput = {
	approvals: 1,
	freezes: [
		{ name: 'weekend', timezone: 'Europe/Berlin', cron: '0 16 * * 5', durationMinutes: 3_840 },
	],
	verifiedIn: { environments: ['staging'], mode: 'all' },
	soakSeconds: 3_600,
	rollBackOnRegression: true,
};

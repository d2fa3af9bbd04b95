import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type {
	Circuit,
	CircuitPolicy,
	OutcomeReport,
	PermitAnswer,
	PermitRequest,
} from '../../sidecar/contract/circuits';
import { isSidecarAway } from '../shared/sidecar-away';
import { asNodeError } from '../shared/node-error';
import { connectSidecar, type Sidecar } from '../shared/sidecar-client';
import { completePolicy, type Outcome } from './local-circuit';
import { localCircuit } from './local-circuits';

/** What the sidecar takes at once. */
const MOST_PERMITS = 10_000;
const DEFAULT_WITHIN_MS = 2000;

type Scope = 'process' | 'fleet';
type WhenAway = 'open' | 'closed' | 'local';

/** `setting`: the sidecar was away and the node followed When Sidecar Is Away. */
type Decider = 'process' | 'sidecar' | 'setting';
export type Permission = PermitAnswer & { decidedBy: Decider };

export interface Circuits {
	/** Throws when the sidecar said no (wrong token, wrong field). */
	permits(asked: {
		key: string;
		count: number;
		policy: CircuitPolicy;
		itemIndex: number;
	}): Promise<Permission>;
	/** Throws when the sidecar said no. False: it was away, nobody else counts. */
	report(told: Told): Promise<boolean>;
}

interface Told {
	key: string;
	outcomes: Outcome[];
	/** How many were let through; those without an outcome give their probe back. Default: all have one. */
	allowed?: number;
	itemIndex: number;
}

/** Asks, and is told, where the node says; what it granted is kept in the execution until reported. */
export function circuitsOf(context: IExecuteFunctions): Circuits {
	const scope = context.getNodeParameter('scope', 0, 'process') as Scope;
	const whenAway = context.getNodeParameter('whenAway', 0, 'local') as WhenAway;
	const kept = permitsOf(context);
	const here: Circuits = {
		permits: async ({ key, count, policy }) => ({
			...localCircuit(key, policy).permits(count, Date.now()),
			decidedBy: 'process',
		}),
		report: async ({ key, outcomes, allowed = outcomes.length }) => {
			localCircuit(key).report(outcomes, kept.peek(key, allowed), Date.now());
			return true;
		},
	};
	const asked = scope === 'process' ? here : atSidecar(context, here, whenAway);
	return {
		permits: async (request) => {
			const permission = await asked.permits(request);
			kept.add(request.key, permission.permits);
			return permission;
		},
		report: async (told) => {
			const counted = await asked.report(told);
			kept.take(told.key, told.allowed ?? told.outcomes.length);
			return counted;
		},
	};

	function atSidecar(execution: IExecuteFunctions, local: Circuits, otherwise: WhenAway): Circuits {
		const options = execution.getNodeParameter('options', 0, {}) as { timeoutSeconds?: number };
		const withinMs = (options.timeoutSeconds ?? 0) * 1000 || DEFAULT_WITHIN_MS;
		let connected: Promise<Sidecar> | undefined;
		const ask = async <T>(key: string, path: string, body: object, itemIndex: number) =>
			await (
				await (connected ??= connectSidecar(execution))
			).request<T>({
				method: 'POST',
				path: `/circuits/${encodeURIComponent(key)}${path}`,
				body,
				itemIndex,
				withinMs,
			});
		return {
			permits: async (request) => {
				const { key, count, policy, itemIndex } = request;
				try {
					const parts: PermitAnswer[] = [];
					for (let left = count; left > 0; left -= MOST_PERMITS) {
						const body: PermitRequest = { count: Math.min(left, MOST_PERMITS), policy };
						const at = itemIndex + count - left;
						parts.push(await ask<PermitAnswer>(key, '/permits', body, at));
					}
					return { ...joined(parts), decidedBy: 'sidecar' };
				} catch (error) {
					if (!isSidecarAway(error)) throw asNodeError(execution, error, itemIndex);
					return otherwise === 'local'
						? await local.permits(request)
						: bySetting(otherwise, request);
				}
			},
			report: async (told) => {
				const { key, outcomes, itemIndex, allowed = outcomes.length } = told;
				// So that the breaker of this process knows the past when it has to take over.
				if (otherwise === 'local') await local.report(told);
				const permits = kept.peek(key, allowed);
				const body: OutcomeReport = {
					successes: outcomes.filter(({ failed }) => !failed).length,
					failures: outcomes.filter(({ failed }) => failed).length,
					slow: outcomes.filter(({ slow }) => slow).length,
					...(permits.length > 0 ? { permits } : {}),
				};
				try {
					await ask<Circuit>(key, '/outcomes', body, itemIndex);
					return true;
				} catch (error) {
					if (!isSidecarAway(error)) throw asNodeError(execution, error, itemIndex);
					return otherwise === 'local';
				}
			},
		};
	}
}

function bySetting(
	setting: 'open' | 'closed',
	{ count, policy }: { count: number; policy: CircuitPolicy },
): Permission {
	const goes = setting === 'closed';
	const retryAt = new Date(Date.now() + completePolicy(policy).openMs).toISOString();
	return {
		allowed: goes,
		granted: goes ? count : 0,
		state: setting,
		retryAt: goes ? null : retryAt,
		permits: [],
		decidedBy: 'setting',
	};
}

/** Calls beyond the first refused one were refused too. */
function joined(parts: PermitAnswer[]): PermitAnswer {
	const last = parts.at(-1) as PermitAnswer;
	const granted = parts.reduce((sum, { granted: each }) => sum + each, 0);
	return {
		...last,
		allowed: granted > 0,
		granted,
		permits: parts.flatMap(({ permits }) => permits ?? []),
	};
}

/** Kept with the execution, not in its items: nodes in between replace what an item holds. */
function permitsOf(context: IExecuteFunctions) {
	const flow = context.getContext('flow') as IDataObject;
	const store = (flow['circuitPermits'] ??= {}) as Record<string, string[]>;
	return {
		add: (key: string, permits: string[]) => {
			if (permits.length > 0) store[key] = [...(store[key] ?? []), ...permits];
		},
		peek: (key: string, count: number) => (store[key] ?? []).slice(0, count),
		take: (key: string, count: number) => {
			if (store[key]) store[key] = store[key].slice(count);
		},
	};
}

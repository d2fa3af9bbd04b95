import type { DeadLetterDetail, DeadLetter } from '../../../sidecar/contract/dead-letters';
import type { Page } from '../../../sidecar/contract/problem';
import type { Promotion, PromotionInput } from '../../../sidecar/contract/promotions';
import type { Release, Version } from '../../../sidecar/contract/versions';
import type { N8nConnection } from '../n8n/n8n-connection';
import type { Answer } from '../n8n/n8n-requests';
import { until } from '../n8n/until';
import type { SidecarProcess } from './sidecar-process';

/** What an operator does with a sidecar, in the words of the product. */
export interface Operator {
	register(
		name: string,
		n8n: Pick<N8nConnection, 'baseUrl' | 'apiKey'>,
		more?: Record<string, unknown>,
	): Promise<void>;
	snapshot(environment: string, workflowId: string, message?: string): Promise<Version>;
	release(environment: string, workflowIds: string[]): Promise<Release>;
	plan(input: PromotionInput): Promise<Promotion>;
	apply(promotion: Promotion): Promise<Promotion>;
	/** Plans, applies and waits for the end. */
	promote(input: PromotionInput): Promise<Promotion>;
	rollBack(id: string): Promise<Promotion>;
	ended(id: string): Promise<Promotion>;
	letters(query?: string): Promise<DeadLetter[]>;
	letter(id: string): Promise<DeadLetterDetail>;
	/** Waits for a letter of the environment that fits. */
	letterWhere(query: string, fits?: (letter: DeadLetter) => boolean): Promise<DeadLetter>;
	replay(id: string, body?: Record<string, unknown>): Promise<DeadLetterDetail>;
	/** Waits until no replay of it is under way. */
	replayed(id: string): Promise<DeadLetterDetail>;
}

const endPhases = ['succeeded', 'failed', 'errored', 'rolled-back', 'aborted'];

export function operatorOf(sidecar: Pick<SidecarProcess, 'api' | 'log'>): Operator {
	const ask = async <T>(path: string, body?: unknown, method?: string): Promise<T> =>
		expectOk(
			path,
			await sidecar.api<T>(path, {
				...(body === undefined ? {} : { body }),
				...(method ? { method } : {}),
			}),
		);
	const ended = async (id: string) =>
		await until(
			`promotion ${id} to end`,
			async () => {
				const promotion = await ask<Promotion>(`/promotions/${id}`);
				return endPhases.includes(promotion.phase) ? promotion : undefined;
			},
			{ deadlineMs: 240_000, explain: () => sidecar.log().slice(-3000) },
		);
	const operator: Operator = {
		register: async (name, n8n, more = {}) => {
			const { baseUrl, apiKey } = n8n;
			const stage = name.startsWith('prod') ? 'production' : 'dev';
			const body = { engine: 'n8n', baseUrl, apiKey, stage, ...more };
			await ask(`/environments/${name}`, body, 'PUT');
		},
		snapshot: async (environment, workflowId, message) =>
			await ask('/versions', { environment, workflowId, ...(message ? { message } : {}) }),
		release: async (environment, workflowIds) =>
			await ask('/releases', { environment, workflowIds }),
		plan: async (input) => await ask('/promotions', input),
		apply: async ({ id, plan }) =>
			await ask(`/promotions/${id}/apply`, { planDigest: plan.digest }),
		promote: async (input) => {
			const planned = await operator.plan(input);
			return await ended((await operator.apply(planned)).id);
		},
		rollBack: async (id) => {
			const { id: rollback } = await ask<Promotion>(`/promotions/${id}/rollback`, {});
			return await ended(rollback);
		},
		ended,
		letters: async (query = '') => (await ask<Page<DeadLetter>>(`/dead-letters?${query}`)).data,
		letter: async (id) => await ask(`/dead-letters/${id}`),
		letterWhere: async (query, fits = () => true) =>
			await until(
				`a dead letter with ${query}`,
				async () => (await operator.letters(query)).find(fits),
				{ deadlineMs: 40_000, explain: () => sidecar.log().slice(-3000) },
			),
		replay: async (id, body = {}) => await ask(`/dead-letters/${id}/replay`, body),
		replayed: async (id) =>
			await until(
				`letter ${id} to be replayed`,
				async () => {
					const letter = await operator.letter(id);
					return letter.state === 'replaying' ? undefined : letter;
				},
				{ deadlineMs: 60_000, explain: () => sidecar.log().slice(-3000) },
			),
	};
	return operator;
}

function expectOk<T>(path: string, answer: Answer<T>): T {
	if (answer.ok) return answer.body;
	throw new Error(`${path} answered ${answer.status} ${JSON.stringify(answer.body)}`);
}

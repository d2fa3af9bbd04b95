import type { Execution, ExecutionDetail } from '../../../sidecar/contract/executions';
import type { Page, Problem } from '../../../sidecar/contract/problem';
import type { Answer } from '../n8n/n8n-requests';
import { until } from '../n8n/until';
import type { SidecarProcess } from '../sidecar/sidecar-process';

/** What somebody does who has workflows run. */
export interface Ledger {
	/** A refusal is an answer, too. */
	ask(body: Record<string, unknown>): Promise<Answer<ExecutionDetail & Problem>>;
	start(body: Record<string, unknown>): Promise<ExecutionDetail>;
	get(id: string): Promise<ExecutionDetail>;
	list(query: string): Promise<Execution[]>;
	/** Waits for the end. */
	ended(id: string): Promise<ExecutionDetail>;
	/** Waits until it stands like that. */
	when(id: string, ...status: Execution['status'][]): Promise<ExecutionDetail>;
}

export function ledgerOf(sidecar: Pick<SidecarProcess, 'api' | 'log'>): Ledger {
	const ok = <T>(what: string, answer: Answer<T>): T => {
		if (answer.ok) return answer.body;
		throw new Error(`${what} answered ${answer.status} ${JSON.stringify(answer.body)}`);
	};
	const ledger: Ledger = {
		ask: async (body) => await sidecar.api('/executions', { body }),
		start: async (body) => ok('POST /executions', await ledger.ask(body)),
		get: async (id) => ok(id, await sidecar.api<ExecutionDetail>(`/executions/${id}`)),
		list: async (query) =>
			ok(query, await sidecar.api<Page<Execution>>(`/executions?${query}`)).data,
		ended: async (id) => await ledger.when(id, 'succeeded', 'failed', 'canceled'),
		when: async (id, ...status) => {
			let seen: ExecutionDetail | null = null;
			return await until(
				`execution ${id} to be ${status.join(' or ')}`,
				async () => {
					seen = await ledger.get(id);
					return status.includes(seen.status) ? seen : undefined;
				},
				{
					deadlineMs: 60_000,
					explain: () => `${JSON.stringify(seen)}\n${sidecar.log().slice(-3000)}`,
				},
			);
		},
	};
	return ledger;
}

import type { INodeExecutionData } from 'n8n-workflow';

import type { Parked } from '../../../sidecar/contract/parking';
import type { Page } from '../../../sidecar/contract/problem';
import type { CreatedToken } from '../../../sidecar/contract/tokens';
import { startN8n, type N8nInstance } from '../../support/n8n/n8n-instance';
import { expectOk } from '../../support/n8n/n8n-requests';
import { packPack } from '../../support/n8n/pack';
import { until } from '../../support/n8n/until';
import {
	createWorkflow,
	executionOf,
	publish,
	type StoredExecution,
} from '../../support/n8n/workflow-runs';
import { node, type NodeBody, type WorkflowBody } from '../../support/n8n/workflows';
import { operatorOf } from '../../support/sidecar/operator';
import { startSidecar, type SidecarProcess } from '../../support/sidecar/sidecar-process';

export interface ParkingScene {
	n8n: N8nInstance;
	sidecar: SidecarProcess;
	/** A node of the pack, with the credential of the sidecar. */
	ours(
		name: string,
		type: string,
		parameters: Record<string, unknown>,
		more?: Partial<NodeBody>,
	): NodeBody;
	published(body: WorkflowBody): Promise<string>;
	/** The ticket of an execution, once it has that state. */
	ticket(executionId: string, state: Parked['state']): Promise<Parked>;
	stop(): Promise<void>;
}

/** A real n8n with the pack, and a sidecar that knows it under the name `dev`. */
export async function parkingScene(env: Record<string, string> = {}): Promise<ParkingScene> {
	const n8n = await startN8n({ packs: [await packPack()], env });
	const sidecar = await startSidecar();
	await operatorOf(sidecar).register('dev', n8n, { deadLetters: { autoReplay: false } });
	const { token } = expectOk(
		'make a token',
		await sidecar.api<CreatedToken>('/tokens', {
			body: { name: 'nodes', role: 'node', environment: 'dev' },
		}),
	);
	const orchestrationApi = expectOk(
		'make a credential',
		await n8n.api<{ id: string; name: string }>('/credentials', {
			body: {
				name: 'Sidecar',
				type: 'orchestrationApi',
				data: { baseUrl: sidecar.url, token },
			},
		}),
	);
	return {
		n8n,
		sidecar,
		ours: (name, type, parameters, more = {}) => ({
			...node(name, `n8n-nodes-orchestration.${type}`, 1, parameters, {
				credentials: { orchestrationApi },
			}),
			...more,
		}),
		published: async (body) => {
			const { id } = await createWorkflow(n8n, body);
			await publish(n8n, id);
			return id;
		},
		ticket: async (executionId, state) =>
			await until(
				`a ticket of execution ${executionId} that is ${state}`,
				async () => {
					const { data } = expectOk(
						'list tickets',
						await sidecar.api<Page<Parked>>(`/parked?executionId=${executionId}`),
					);
					return data.find((each) => each.state === state);
				},
				{ deadlineMs: 60_000, explain: () => sidecar.log().slice(-3000) },
			),
		stop: async () => {
			await n8n.stop();
			await sidecar.stop();
		},
	};
}

interface RunData {
	resumeToken: string;
	resultData: {
		lastNodeExecuted: string;
		error?: { message: string; description: string };
		runData: Record<string, Array<{ data?: { main: Array<INodeExecutionData[] | null> } }>>;
	};
}

export const dataOf = (execution: StoredExecution) => execution.data as unknown as RunData;

/** What left a node by that output over all its runs. */
export function leaving(
	execution: StoredExecution,
	name: string,
	output = 0,
): INodeExecutionData[] {
	return (dataOf(execution).resultData.runData[name] ?? []).flatMap(
		({ data }) => data?.main[output] ?? [],
	);
}

/** An execution once it is over. */
export async function ended(
	{ n8n }: Pick<ParkingScene, 'n8n'>,
	executionId: string,
): Promise<StoredExecution> {
	return await until(
		`execution ${executionId} to end`,
		async () => {
			const execution = await executionOf(n8n, executionId);
			return ['success', 'error', 'crashed', 'canceled'].includes(execution.status)
				? execution
				: undefined;
		},
		{ deadlineMs: 90_000, explain: () => n8n.logTail(30) },
	);
}

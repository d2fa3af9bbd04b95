import { createN8nEngine, type N8nEngineOptions } from '../../sidecar/engines/n8n/n8n-engine';
import type { EngineConnection, EngineMemory } from '../../sidecar/engines/port/connection';
import type { WorkflowDefinitions } from '../../sidecar/engines/port/definitions';
import type { Engine } from '../../sidecar/engines/port/engine';
import type { WorkflowContent, WorkflowNode } from '../../sidecar/engines/port/workflow';
import { isOrchestrationError, type OrchestrationError } from '../../sidecar/kernel/errors';
import { systemClock } from '../../sidecar/kernel/clock';
import type { NodeBody, WorkflowBody } from '../support/n8n/workflows';
import { until } from '../support/n8n/until';

/** What a sidecar remembers; several engines may share it. */
export function rememberedState(): EngineMemory & { current(): Record<string, string> | null } {
	let state: Record<string, string> | null = null;
	return {
		load: async () => state,
		save: async (next) => {
			state = { ...next };
		},
		current: () => state,
	};
}

export function connectionTo(
	baseUrl: string,
	apiKey: string,
	oauth2: EngineConnection['oauth2'] = null,
): EngineConnection {
	return { environment: 'dev', engine: 'n8n', baseUrl, apiKey, oauth2 };
}

export type TestEngine = Engine & { definitions: WorkflowDefinitions };

export function engineFor(
	connection: EngineConnection,
	options: Partial<N8nEngineOptions> = {},
): TestEngine {
	const engine = createN8nEngine({
		connection,
		memory: rememberedState(),
		clock: systemClock,
		random: () => 0,
		...options,
	});
	if (engine.definitions === undefined) throw new Error('expected an engine with definitions');
	return { ...engine, definitions: engine.definitions };
}

/** Workflow bodies of the harness as the port has them. */
export function contentOf(body: WorkflowBody): WorkflowContent {
	return { ...body, nodes: body.nodes.map(nodeOf) };
}

export function nodeOf(body: NodeBody): WorkflowNode {
	return { ...body };
}

/** A moment before anything that is done next. */
export function shortlyBefore(): Date {
	return new Date(systemClock.now().getTime() - 1000);
}

/** Publishes the draft and waits for its webhook. */
export async function goLive(engine: TestEngine, id: string, path: string): Promise<void> {
	const { draftVersionId } = await engine.definitions.get(id);
	await engine.definitions.publish(id, draftVersionId);
	await until(`webhook ${path}`, async () =>
		(await engine.definitions.probeWebhook({ method: 'POST', path })) ? true : undefined,
	);
}

let calls = 0;

/** A W3C trace context that nobody else in this run uses. */
export function freshTraceparent(): string {
	calls += 1;
	const unique = `${process.pid.toString(16)}${performance.now().toString(16).replace('.', '')}`;
	return `00-${(unique + calls.toString(16).padStart(6, '0')).padStart(32, '0').slice(-32)}-00000000000000a1-01`;
}

/** The error that something is refused with. */
export async function refusal(attempt: Promise<unknown>): Promise<OrchestrationError> {
	const error: unknown = await attempt.then(
		() => new Error('expected a refusal'),
		(reason: unknown) => reason,
	);
	if (!isOrchestrationError(error)) throw error;
	return error;
}

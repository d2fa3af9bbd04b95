import type { EngineCheck } from '../port/engine';
import type { Session } from './session';
import { isPolled } from './trouble';

/** What the namespace can do, and what no Temporal can. @throws engine_* when it cannot be asked */
export async function checkNamespace(session: Session): Promise<EngineCheck> {
	const { namespace, taskQueue } = session;
	const version = await session.call(
		async ({ workflowService }) => (await workflowService.getSystemInfo({})).serverVersion ?? null,
	);
	await session.call(
		async ({ workflowService }) => await workflowService.describeNamespace({ namespace }),
	);
	await session.call(async (client) => await client.workflow.count());
	const needed = [
		{
			name: 'namespace',
			ok: true,
			message: `Workflows of namespace "${namespace}" can be listed and started.`,
		},
		...(taskQueue === null ? [] : [await queueFinding(session, taskQueue)]),
	];
	return {
		reachable: true,
		ok: needed.every(({ ok }) => ok),
		version,
		findings: [...needed, ...lacks],
	};
}

async function queueFinding(session: Session, taskQueue: string) {
	const ok = await isPolled(session, taskQueue);
	const message = ok
		? `Workers poll task queue "${taskQueue}".`
		: `Nobody polls task queue "${taskQueue}": what is started there waits until a worker does.`;
	return { name: 'task queue', ok, message };
}

/** Told, so that nobody looks for it; what needs one of them answers capability_missing. */
const lacks = [
	{
		name: 'workflow definitions',
		ok: false,
		message:
			'Workflows are code of your own, deployed with its workers: there are no versions, promotions, drift or direct changes here.',
	},
	{
		name: 'webhooks and parking',
		ok: false,
		message: 'A workflow is begun by a start, and waits inside Temporal without a slot.',
	},
];

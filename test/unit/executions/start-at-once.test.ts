import { defaultPolicy } from '../../../sidecar/executions/execution';
import type {
	Accepted,
	ExecutionClaim,
	ExecutionRequest,
	StartOrder,
} from '../../../sidecar/executions/execution-store';
import { startAtOnce } from '../../../sidecar/executions/start-at-once';

let places: number;
let sent: ExecutionClaim[];
let orders: StartOrder[];

const ports = {
	owner: 'me',
	newTraceparent: () => 'trace',
	takePlace: () => (places > 0 ? Boolean((places -= 1) + 1) : false),
	givePlaceBack: () => (places += 1),
	send: (claim: ExecutionClaim) => sent.push(claim),
};
const request = (id: string, given: Partial<ExecutionRequest> = {}) =>
	({
		id,
		environment: 'dev',
		group: null,
		dueAt: null,
		priority: 0,
		policy: defaultPolicy,
		...given,
	}) as ExecutionRequest;
/** Takes those that are asked for, but those named `queues`. */
const executions = {
	accept: async (requests: ExecutionRequest[], start?: StartOrder) => {
		if (start) orders.push(start);
		const accepted = requests.map((execution) => {
			const isTaken = start?.traces.has(execution.id) && execution.id !== 'queues';
			return { execution, created: true, claim: isTaken ? { execution } : null };
		});
		return await Promise.resolve(accepted as unknown as Accepted[]);
	},
};
const started = () => [...(orders[0]?.traces.keys() ?? [])];
const ids = () => sent.map(({ execution }) => execution.id);

beforeEach(() => {
	places = 10;
	sent = [];
	orders = [];
});

it('sends what is awaited and was taken, and gives the place of the others back', async () => {
	const requests = [request('a'), request('queues'), request('nobody waits')];
	await startAtOnce(executions, ports, requests, (at) => at < 2);
	expect(started()).toEqual(['a', 'queues']);
	expect(ids()).toEqual(['a']);
	expect(places).toBe(9);
});

it('leaves to the queue what has limits that are counted over the fleet, or is not due', async () => {
	await startAtOnce(
		executions,
		ports,
		[
			request('limited', { policy: { ...defaultPolicy, concurrency: 1 } }),
			request('grouped', { group: { id: 'g', atOnce: 1 } }),
			request('later', { dueAt: new Date() }),
		],
		() => true,
	);
	expect(started()).toEqual([]);
	expect(places).toBe(10);
});

it('gives the last place to the most urgent', async () => {
	places = 1;
	await startAtOnce(executions, ports, [request('a'), request('b', { priority: 5 })], () => true);
	expect(ids()).toEqual(['b']);
});

it('gives every place back when nothing could be written', async () => {
	const failing = { accept: async () => await Promise.reject(new Error('no database')) };
	await expect(startAtOnce(failing, ports, [request('a')], () => true)).rejects.toThrow();
	expect(places).toBe(10);
});

import { systemClock } from '../../../sidecar/kernel/clock';
import { newId } from '../../../sidecar/kernel/ids';
import type { SignatureScheme } from '../../../sidecar/webhooks/endpoint';
import type { NewEvent } from '../../../sidecar/webhooks/event';
import type { OpenEndpoint } from '../../../sidecar/webhooks/known-endpoints';
import { schemes } from '../../../sidecar/webhooks/signatures/schemes';
import type { IntakePorts } from '../../../sidecar/webhooks/take-in';
import { sendTestEvent } from '../../../sidecar/webhooks/test-event';

function endpoint(scheme: SignatureScheme, more: Partial<OpenEndpoint> = {}): OpenEndpoint {
	const at = systemClock.now();
	return {
		name: 'shop',
		scheme,
		format: null,
		toleranceSeconds: 300,
		...schemes[scheme].defaults,
		orderingKey: null,
		dedupWindowSeconds: 86_400,
		maxBytes: 1024,
		methods: ['POST'],
		enabled: true,
		ttlSeconds: 60,
		sealedSecrets: '',
		secretCount: 1,
		createdAt: at,
		updatedAt: at,
		secrets: ['a secret of the tests'],
		...more,
	};
}

/** The real intake, which verifies; only the keeping is a list here. */
function intake(open: OpenEndpoint) {
	const kept: NewEvent[] = [];
	const ports: IntakePorts = {
		known: { find: async () => await Promise.resolve(open), forget: () => undefined },
		events: {
			accept: async (event) => {
				kept.push(event);
				return await Promise.resolve({ id: event.id, duplicate: false });
			},
		},
		clock: systemClock,
		newId,
		count: () => undefined,
		onAccepted: () => undefined,
	};
	return { ports, kept };
}

it.each(['standard-webhooks', 'stripe', 'github', 'slack', 'shopify', 'hmac', 'none'] as const)(
	'passes the verification of %s, with type and id where the endpoint looks for them',
	async (scheme) => {
		const { ports, kept } = intake(endpoint(scheme));
		const { eventId } = await sendTestEvent(ports, 'shop', { type: 'order.paid', body: { a: 1 } });
		const [event] = kept;
		expect(event?.id).toBe(eventId);
		expect(JSON.parse(String(event?.body))).toMatchObject({ a: 1 });
		const { eventType, eventId: idAt } = schemes[scheme].defaults;
		expect(event?.type).toBe(eventType === null ? 'unknown' : 'order.paid');
		if (idAt === null) expect(event?.providerId).toBeNull();
		else expect(event?.providerId).toMatch(/^test_/);
	},
);

it('leaves alone what the body says itself, and puts nothing into what is no object', async () => {
	const open = endpoint('stripe', {
		eventType: { path: 'event.type' },
		orderingKey: { path: '__proto__.polluted' },
	});
	const { ports, kept } = intake(open);
	await sendTestEvent(ports, 'shop', { type: 'x', body: { id: 'mine', event: 'a text' } });
	expect(kept[0]).toMatchObject({ providerId: 'mine', type: 'unknown' });
	expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

it.each([
	['only the sender has the private key', endpoint('ed25519')],
	['it has no secret', endpoint('github', { secrets: [] })],
	['it takes no bodies', endpoint('none', { methods: ['GET'] })],
])('is refused where %s', async (why, open) => {
	const { ports, kept } = intake(open);
	await expect(sendTestEvent(ports, 'shop', { type: 'x', body: {} })).rejects.toMatchObject({
		code: 'webhook_endpoint_untestable',
		message: expect.stringContaining(why),
	});
	expect(kept).toEqual([]);
});

import { SeenEvents } from '../../nodes/OrchestrationTrigger/seen-events';
import { whyRefused } from '../../nodes/OrchestrationTrigger/signature';
import { eventItem } from '../../nodes/OrchestrationTrigger/event-item';
import { noFormat } from '../../sidecar/webhooks/signatures/scheme';
import { standardWebhooks } from '../../sidecar/webhooks/signatures/standard-webhooks';

const secret = `whsec_${Buffer.from('a secret of thirty-two bytes, so').toString('base64')}`;
const body = Buffer.from('{"type":"dead_letter.created","order":"ä"}');
const at = new Date('2031-04-01T12:00:00.000Z');

/** As the sidecar signs. */
function signed(given: { id?: string; body?: Buffer; secret?: string } = {}) {
	const { id = 'event-1', secret: by = secret } = given;
	const headers = standardWebhooks.sign({ id, at, body: given.body ?? body }, by, noFormat);
	return {
		id,
		timestamp: headers['webhook-timestamp'],
		signature: headers['webhook-signature'],
		body,
	};
}

const held = (request: Parameters<typeof whyRefused>[0], secondsLater = 0) =>
	whyRefused(request, { secret, nowMs: at.getTime() + secondsLater * 1000, toleranceSeconds: 300 });

describe('a signature', () => {
	it('of the sidecar is right, also beside one by another secret', () => {
		const request = signed();
		const other = signed({ secret: `whsec_${Buffer.alloc(32, 'x').toString('base64')}` });

		expect(held(request)).toBeUndefined();
		const both = `${other.signature} ${request.signature}`;
		expect(held({ ...request, signature: both })).toBeUndefined();
	});

	it.each([
		['by another secret', signed({ secret: `whsec_${Buffer.alloc(32, 'x').toString('base64')}` })],
		['of another body', signed({ body: Buffer.from('{}') })],
		['of another event', { ...signed(), id: 'event-2' }],
		['of another time', { ...signed(), timestamp: String(at.getTime() / 1000 + 1) }],
		['of another version', { ...signed(), signature: signed().signature?.replace('v1,', 'v2,') }],
		['cut short', { ...signed(), signature: signed().signature?.slice(0, 20) }],
	])('%s is refused', (_what, request) => {
		expect(held(request)).toBe('expected the signature of the sidecar');
	});

	it.each([
		['no id', { ...signed(), id: undefined }, 'headers'],
		['no signature', { ...signed(), signature: undefined }, 'headers'],
		['no time', { ...signed(), timestamp: 'soon' }, 'within 300 s'],
	])('with %s is refused', (_what, request, why) => {
		expect(held(request)).toContain(why);
	});

	it('is refused when it is too old, or from the future', () => {
		expect(held(signed(), 300)).toBeUndefined();
		expect(held(signed(), 301)).toContain('within 300 s');
		expect(held(signed(), -301)).toContain('within 300 s');
	});
});

describe('events seen before', () => {
	it('are taken once, and known for a quarter of an hour', () => {
		const seen = new SeenEvents();

		expect(seen.begin('e', 0)).toBe('new');
		expect(seen.begin('e', 0)).toBe('being-taken');
		seen.settle('e', true, 1000);
		expect(seen.begin('e', 900_000)).toBe('taken');
		expect(seen.begin('e', 901_001)).toBe('new');
	});

	it('may come again when the workflow could not be started', () => {
		const seen = new SeenEvents();
		seen.begin('e', 0);
		seen.settle('e', false, 0);

		expect(seen.begin('e', 1)).toBe('new');
	});
});

describe('the item', () => {
	it('of the sidecar is its event with the id', () => {
		const headers = { 'x-orchestration-endpoint': 'orchestration' };

		expect(eventItem(headers, body, 'event-1').json).toEqual({
			eventId: 'event-1',
			type: 'dead_letter.created',
			order: 'ä',
		});
	});

	it('of an endpoint is the body as it came, with its type', () => {
		const headers = {
			'x-orchestration-endpoint': 'stripe',
			'x-orchestration-event-type': 'invoice.paid%20twice',
		};
		const told = { eventId: 'e', endpoint: 'stripe', type: 'invoice.paid twice' };

		expect(eventItem(headers, body, 'e').json).toEqual({
			...told,
			body: { type: 'dead_letter.created', order: 'ä' },
		});
		expect(eventItem(headers, Buffer.from('<xml/>'), 'e').json).toEqual({
			...told,
			body: '<xml/>',
		});
	});
});

import nock from 'nock';
import { isStillStarting } from '../../../sidecar/engines/n8n/still-starting';
import { systemClock } from '../../../sidecar/kernel/clock';
import { send } from '../../../sidecar/webhooks/send';

afterAll(() => nock.restore());

const ports = { addresses: null, isStillStarting, clock: systemClock };
const deliver = async (status: number, text: string) => {
	nock('http://n8n.test').post('/webhook/orders').reply(status, text);
	const url = new URL('http://n8n.test/webhook/orders');
	return await send(ports, { method: 'POST', url, headers: {}, body: Buffer.from('{}') }, 5_000);
};

it('has delivered what is answered by 2xx', async () => {
	expect(await deliver(200, 'thanks')).toEqual({ ok: true, status: 200, answer: 'thanks' });
});

it('has delivered nothing to an n8n that says 200 while it migrates its database', async () => {
	expect(await deliver(200, 'n8n is starting up. Please wait')).toMatchObject({
		ok: false,
		error: 'n8n.test is still starting',
	});
});

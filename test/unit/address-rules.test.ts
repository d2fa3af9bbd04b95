import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAddressRules, isAddressRule } from '../../sidecar/environments/address-rules';
import { sendHttp, type AddressGuard } from '../../sidecar/kernel/http-request';

const byDefault = ['localhost', '127.0.0.0/8', '::1'];

const names: Record<string, string[]> = {
	'n8n.example.com': ['93.184.216.34', '2606:2800:220:1::1'],
	'n8n-dev': ['172.18.0.3'],
	'half.example.com': ['93.184.216.34', '10.0.0.5'],
	'metadata.example.com': ['169.254.169.254'],
};

const resolve = async (hostname: string): Promise<string[]> => {
	const addresses = names[hostname];
	if (!addresses) throw new Error(`getaddrinfo ENOTFOUND ${hostname}`);
	return addresses;
};

async function verdict(url: string, allowed = byDefault): Promise<string> {
	return await createAddressRules(allowed, resolve)
		.check(url)
		.then(
			() => 'allowed',
			(error: { code: string }) => error.code,
		);
}

it.each([
	'https://n8n.example.com',
	'https://93.184.216.34:5678/n8n',
	'http://localhost:5678',
	'http://LOCALHOST.:5678',
	'http://127.0.0.1:5678',
	'http://[::1]:5678',
	'http://0x7f.1',
	'http://[::ffff:127.0.0.1]',
])('by default allows %s', async (url) => {
	expect(await verdict(url)).toBe('allowed');
});

it.each([
	'http://10.1.2.3',
	'http://172.31.255.1',
	'http://192.168.0.10',
	'http://100.64.0.1',
	'http://0.0.0.0',
	'http://169.254.169.254/latest/meta-data',
	'http://2852039166',
	'http://[::ffff:169.254.169.254]',
	'http://[64:ff9b::a9fe:a9fe]',
	'http://[2002:a9fe:a9fe::]',
	'http://[fe80::1]',
	'http://[fd00::1]',
	'http://[::]',
	'http://224.0.0.1',
	'http://n8n-dev:5678',
	'http://half.example.com',
	'http://metadata.example.com',
	'http://nowhere.example.com',
])('by default refuses %s', async (url) => {
	expect(await verdict(url)).toBe('address_not_allowed');
});

it('allows a private address by its name, its address or its range', async () => {
	expect(await verdict('http://n8n-dev:5678', ['n8n-dev'])).toBe('allowed');
	expect(await verdict('http://n8n-dev:5678', ['172.18.0.3'])).toBe('allowed');
	expect(await verdict('http://n8n-dev:5678', ['172.16.0.0/12'])).toBe('allowed');
	expect(await verdict('http://n8n-dev:5678', ['172.18.0.4', 'n8n'])).toBe('address_not_allowed');
	expect(await verdict('http://169.254.169.254', ['169.254.0.0/16'])).toBe('allowed');
});

it('refuses localhost once another list is given without it', async () => {
	expect(await verdict('http://127.0.0.1', ['10.0.0.0/8'])).toBe('address_not_allowed');
});

it.each(['ftp://n8n.example.com', 'n8n.example.com', 'https://user:secret@n8n.example.com', ''])(
	'does not take %s for an address',
	async (url) => {
		expect(await verdict(url)).toBe('invalid_request');
	},
);

it('says which address a name leads to and where to allow it', async () => {
	await expect(createAddressRules(byDefault, resolve).check('http://n8n-dev:5678')).rejects.toThrow(
		/n8n-dev leads to 172\.18\.0\.3.*ORCHESTRATION_ALLOWED_ADDRESSES/s,
	);
});

it('answers the same before each request', async () => {
	const rules = createAddressRules(byDefault, resolve);
	expect(await rules.allows(new URL('https://n8n.example.com/api'))).toBe(true);
	expect(await rules.allows(new URL('http://n8n-dev:5678/api'))).toBe(false);
});

it('resolves names with the system by default', async () => {
	await expect(createAddressRules(['10.0.0.0/8']).check('http://localhost')).rejects.toMatchObject({
		code: 'address_not_allowed',
	});
});

it('knows names, addresses and ranges from typing errors', () => {
	const right = [
		'localhost',
		'n8n_dev',
		'n8n.internal',
		'10.0.0.0/8',
		'::1',
		'fd00::/8',
		'10.0.0.1',
	];
	const wrong = ['', '10.0.0', '10.0.0.0/33', '1.2.3.4/', 'a b', 'http://x', 'fd00::/129', '-x'];
	expect(right.filter(isAddressRule)).toEqual(right);
	expect(wrong.filter(isAddressRule)).toEqual([]);
});

describe('a connection', () => {
	const server = createServer((_, response) => response.end('inside'));
	let port = 0;
	beforeAll(async () => {
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		({ port } = server.address() as AddressInfo);
	});
	afterAll(() => {
		server.closeAllConnections();
		server.close();
	});
	const call = async (host: string, addresses: AddressGuard) =>
		await sendHttp(new URL(`http://${host}:${port}/`), {
			method: 'GET',
			headers: {},
			body: null,
			signal: AbortSignal.timeout(5_000),
			addresses,
		});

	it('is made where an allowed name leads', async () => {
		const rules = createAddressRules(['n8n'], async () => ['127.0.0.1']);
		expect(await call('n8n', rules)).toMatchObject({ status: 200, text: 'inside' });
	});

	it('is not made when a name that was looked at leads elsewhere by then', async () => {
		const answers = [['93.184.216.34'], ['127.0.0.1']];
		const rules = createAddressRules([], async () => answers.shift() ?? []);
		await rules.check(`http://turncoat.example.com:${port}`);
		await expect(call('turncoat.example.com', rules)).rejects.toMatchObject({
			code: 'address_not_allowed',
			details: { hostname: 'turncoat.example.com', address: '127.0.0.1' },
		});
	});

	it('is not made to an address that is not allowed', async () => {
		await expect(call('127.0.0.1', createAddressRules([]))).rejects.toMatchObject({
			code: 'address_not_allowed',
		});
	});

	it('says of a name that leads nowhere that nothing was sent', async () => {
		const lost = Object.assign(new Error('nobody knows it'), { code: 'ENOTFOUND' });
		const rules = createAddressRules([], async () => await Promise.reject(lost));
		await expect(call('nowhere.example.com', rules)).rejects.toMatchObject({
			name: 'HttpFailure',
			reason: 'ENOTFOUND',
			sent: false,
		});
	});
});

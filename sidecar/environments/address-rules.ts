import { lookup } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { OrchestrationError, isOrchestrationError } from '../kernel/errors';
import type { AddressGuard } from '../kernel/http-request';

/** Decides which addresses the sidecar may call: public ones, and private ones that are listed. */
export interface AddressRules extends AddressGuard {
	/** Looks at every address a host name leads to. @throws address_not_allowed, invalid_request */
	check(url: string): Promise<void>;
	/** What `check` says as an answer, to be asked before each request: a name may lead elsewhere by then. */
	allows(url: URL): Promise<boolean>;
}

/** Gives all addresses of a host name; rejects when it has none. */
export type Resolve = (hostname: string) => Promise<string[]>;

const systemResolve: Resolve = async (hostname) =>
	(await lookup(hostname, { all: true })).map((found) => found.address);

const notPublic = rangesOf([
	'0.0.0.0/8',
	'10.0.0.0/8',
	'100.64.0.0/10',
	'127.0.0.0/8',
	'169.254.0.0/16',
	'172.16.0.0/12',
	'192.0.0.0/24',
	'192.168.0.0/16',
	'198.18.0.0/15',
	'224.0.0.0/4',
	'240.0.0.0/4',
	'::/128',
	'::1',
	// Ways to write an IPv4 address inside an IPv6 one.
	'64:ff9b::/96',
	'64:ff9b:1::/48',
	'2002::/16',
	'fc00::/7',
	'fe80::/10',
	'fec0::/10',
	'ff00::/8',
]);

/** @param allowed host names, addresses and CIDR ranges that may be private */
export function createAddressRules(
	allowed: string[],
	resolve: Resolve = systemResolve,
): AddressRules {
	const listedRanges = rangesOf(allowed.filter((entry) => parseRange(entry) !== null));
	const listedNames = new Set(
		allowed.filter((entry) => parseRange(entry) === null).map((entry) => entry.toLowerCase()),
	);
	const isAllowed = (address: string): boolean =>
		covers(listedRanges, address) || !covers(notPublic, address);
	const assertAll = (hostname: string, addresses: string[]): void => {
		if (listedNames.has(hostname)) return;
		const wrong = addresses.find((address) => !isAllowed(address));
		if (wrong !== undefined) throw refused(hostname, wrong);
	};
	const check = async (url: string): Promise<void> => {
		const hostname = hostnameOf(url);
		if (listedNames.has(hostname)) return;
		assertAll(hostname, await addressesOf(hostname, resolve));
	};
	return {
		check,
		assertHost: ({ href }) => {
			const hostname = hostnameOf(href);
			if (isIP(hostname) !== 0) assertAll(hostname, [hostname]);
		},
		lookup: lookupBy(async (name) => {
			const hostname = name.replace(/\.$/, '');
			const addresses = await resolve(hostname);
			assertAll(hostname, addresses);
			return addresses;
		}),
		allows: async (url) => {
			try {
				await check(url.href);
				return true;
			} catch (error) {
				if (isOrchestrationError(error, 'address_not_allowed')) return false;
				throw error;
			}
		},
	};
}

/** True for a host name, an address or a CIDR range. */
export function isAddressRule(text: string): boolean {
	if (parseRange(text) !== null) return true;
	// What looks like numbers and is no address would be a name that never matches.
	return !/^[\d./:]*$/.test(text) && /^[a-z\d_]([a-z\d_.-]*[a-z\d_])?$/i.test(text);
}

interface Range {
	address: string;
	prefix: number;
	family: 'ipv4' | 'ipv6';
}

function parseRange(text: string): Range | null {
	const [address = '', length, ...rest] = text.split('/');
	const version = isIP(address);
	if (version === 0 || rest.length > 0) return null;
	const bits = version === 4 ? 32 : 128;
	if (length !== undefined && !/^\d{1,3}$/.test(length)) return null;
	const prefix = length === undefined ? bits : Number(length);
	return prefix > bits ? null : { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

function rangesOf(entries: string[]): BlockList {
	const ranges = new BlockList();
	for (const range of entries.map(parseRange)) {
		if (range) ranges.addSubnet(range.address, range.prefix, range.family);
	}
	return ranges;
}

/** An IPv4 address written as IPv6 (::ffff:a.b.c.d) is held against the IPv4 ranges by node itself. */
function covers(ranges: BlockList, address: string): boolean {
	const plain = address.split('%')[0] ?? address;
	return ranges.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}

/** As Node's sockets ask: for one address, or for all. */
function lookupBy(resolve: Resolve): LookupFunction {
	return (hostname, { all }, done) => {
		resolve(hostname).then(
			(addresses) => {
				const found = addresses.map((address) => ({ address, family: isIP(address) }));
				const [{ address, family } = { address: '', family: 0 }] = found;
				if (all) done(null, found);
				else done(null, address, family);
			},
			(error: Error) => done(error, []),
		);
	};
}

function hostnameOf(text: string): string {
	const url = URL.parse(text);
	if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
		throw new OrchestrationError(
			'invalid_request',
			'Expected an http or https URL without user and password, e.g. https://n8n.example.com.',
		);
	}
	return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

async function addressesOf(hostname: string, resolve: Resolve): Promise<string[]> {
	if (isIP(hostname) !== 0) return [hostname];
	try {
		return await resolve(hostname);
	} catch (cause) {
		throw new OrchestrationError(
			'address_not_allowed',
			`The host name ${hostname} leads to no address, so it cannot be told whether it is allowed. ` +
				'Correct the name, or list it in ORCHESTRATION_ALLOWED_ADDRESSES.',
			{ details: { hostname }, cause },
		);
	}
}

function refused(hostname: string, address: string): OrchestrationError {
	return new OrchestrationError(
		'address_not_allowed',
		`${hostname} leads to ${address}, which is not a public address. If it is meant, list the ` +
			'host name, the address or its range in ORCHESTRATION_ALLOWED_ADDRESSES and start again.',
		{ details: { hostname, address } },
	);
}

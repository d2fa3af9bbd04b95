import { gzipSync } from 'node:zlib';
import { mutateJson } from './mutate-json';
import { type Dice, oddTexts } from './odd-values';
import type { RawRequest } from './raw-request';
import type { ValidRequest } from './valid-requests';

type Mutation = (request: RawRequest, valid: ValidRequest, dice: Dice) => void;

/** A valid request with one to three things wrong, now and then with none. */
export function mutated(
	valid: ValidRequest,
	token: string | null,
	dice: Dice,
	bodyLimit: number,
): RawRequest {
	const request: RawRequest = {
		method: valid.method,
		target: targetOf(valid, valid.params, valid.query),
		headers: token === null ? [] : [['Authorization', `Bearer ${token}`]],
		body: valid.body === undefined ? null : Buffer.from(JSON.stringify(valid.body)),
		done: [],
	};
	if (request.body) request.headers.push(['Content-Type', 'application/json']);
	for (let times = dice.pick([0, 1, 1, 1, 1, 1, 2, 3]); times > 0; times -= 1) {
		dice.pick(kinds)(request, valid, dice);
	}
	if (dice.chance(0.01)) oversized(request, bodyLimit);
	request.hangsUp ||= neverEnds(request);
	return request;
}

/** What is said to come in chunks, and is empty or begins as a chunk would, is waited for. */
function neverEnds({ headers, body }: RawRequest): boolean {
	const named = new Set(headers.map(([name]) => name));
	if (!named.has('Transfer-Encoding') || named.has('Content-Length')) return false;
	return body === null || /^[0-9a-f]|^$/i.test(body.toString('latin1', 0, 1));
}

function targetOf(
	{ path }: ValidRequest,
	params: Record<string, string>,
	query: Record<string, string>,
	encode: (text: string) => string = encodeURIComponent,
): string {
	const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encode(params[name] ?? ''));
	const pairs = Object.entries(query).map(([name, value]) => `${name}=${encode(value)}`);
	return pairs.length === 0 ? filled : `${filled}?${pairs.join('&')}`;
}

const ofJson: Mutation = (request, { body }, dice) => {
	if (body === undefined) return;
	const { value, done } = mutateJson(body, dice);
	request.body = Buffer.from(JSON.stringify(value) ?? '');
	request.done.push(done);
};

const oddParams: readonly string[] = [
	'..%2f..%2f..%2fetc%2fpasswd',
	'%2e%2e',
	'%00',
	'%zz',
	'%',
	'%c0%af',
	'%ff%fe',
	'%e0%80%80',
	'%ed%a0%80',
	'%F0%9F%92%A9',
	'%252e%252e',
	'a%20b',
	'..;',
	'*',
	'a'.repeat(5_000),
	'-1',
	'0',
	'%22',
	'__proto__',
	'ÿ',
];

const ofParams: Mutation = (request, valid, dice) => {
	const names = Object.keys(valid.params);
	const odd = dice.pick(oddParams);
	if (names.length === 0) {
		const made = [`${request.target}/${odd}`, `/${request.target}`, `${request.target}//`];
		request.target = dice.pick([...made, request.target.toUpperCase()]);
	} else {
		const name = dice.pick(names);
		const text = dice.chance(0.5) ? odd : encoded(dice.pick(oddTexts)).slice(0, 9_000);
		request.target = targetOf(valid, { ...valid.params, [name]: text }, valid.query, (plain) =>
			plain === text ? text : encodeURIComponent(plain),
		);
	}
	request.done.push('odd path');
};

/** A lone surrogate cannot be encoded; what stands for it can. */
const encoded = (text: string) => encodeURIComponent(text.toWellFormed());

const ofQuery: Mutation = (request, _valid, dice) => {
	const [path, query = ''] = request.target.split('?');
	const text = encoded(dice.pick(oddTexts)).slice(0, 9_000);
	const names = [...query.split('&').map((pair) => pair.split('=')[0] ?? ''), 'limit', 'cursor'];
	const name = dice.pick([...names, 'unknown', 'limit[]', 'limit[a][b]', '__proto__[x]', '%zz']);
	const wrong = [`${name}=${text}`, `${name}=1&${name}=2`, name, `${name}=%zz`, '&&&=', `=${text}`];
	request.target = `${path}?${query}&${dice.pick(wrong)}`;
	request.done.push('odd query');
};

const ofHeaders: Mutation = (request, _valid, dice) => {
	const long = 'x'.repeat(dice.pick([300, 9_000, 40_000]));
	const odd = dice.pick<[string, string]>([
		['Idempotency-Key', ''],
		['Idempotency-Key', long],
		['Idempotency-Key', 'schlüssel'],
		['Idempotency-Key', 'the same for all'],
		['X-Request-Id', long],
		['X-Request-Id', '"quoted\\'],
		['X-Odd', long],
		['Authorization', 'Basic YWRtaW46YWRtaW4='],
		['Authorization', `Bearer ${long}`],
		['Authorization', 'Bearer'],
		['traceparent', '00-zz-zz-zz'],
		['Last-Event-ID', long.slice(0, 300)],
		['Last-Event-ID', '-1'],
		['Accept', 'text/html;q=0.x'],
		['Accept-Encoding', 'br;q=9, *;q=-1'],
		['Range', 'bytes=9-1'],
		['If-None-Match', '*'],
		['Host', 'a b'],
		['X-HTTP-Method-Override', 'DELETE'],
		['Cookie', `a=${long.slice(0, 300)}`],
		['no colon or \u0001 control', 'x'],
	]);
	if (odd[0] === 'Authorization') {
		request.headers = request.headers.filter(([name]) => name !== 'Authorization');
	}
	const times = odd[1].length < 100 && dice.chance(0.05) ? 3_000 : 1;
	for (let nth = 0; nth < times; nth += 1) request.headers.push(odd);
	request.done.push(`header ${odd[0]}`);
};

const ofMethod: Mutation = (request, _valid, dice) => {
	request.method = dice.pick(
		'GET POST PUT PATCH DELETE HEAD OPTIONS TRACE PROPFIND QUERY NONSENSE get'.split(' '),
	);
	request.done.push(`method ${request.method}`);
};

const ofBytes: Mutation = (request, _valid, dice) => {
	const body = bodyOf(request);
	const at = dice.below(body.length);
	const [start, end] = [body.subarray(0, at), body.subarray(at)];
	const made = dice.pick<[string, () => Buffer]>([
		['cut off', () => start],
		['another byte', () => Buffer.concat([start, Buffer.from([dice.below(256)]), end.subarray(1)])],
		['bytes that are no UTF-8', () => Buffer.concat([start, Buffer.from([0xc3, 0x28, 0xff]), end])],
		['a byte order mark', () => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body])],
		['UTF-16', () => Buffer.from(body.toString('utf8'), 'utf16le')],
		['more after the end', () => Buffer.concat([body, Buffer.from('}]')])],
		['nothing', () => Buffer.alloc(0)],
		['deep', () => Buffer.from('['.repeat(60_000) + ']'.repeat(60_000))],
		['deep and open', () => Buffer.from('{"a":'.repeat(60_000))],
		['a number beyond all', () => Buffer.from(`{"count":1e999,"limit":-1e999}`)],
		['the same key twice', () => Buffer.from('{"environment":"dev","environment":1}')],
		['no object', () => Buffer.from(dice.pick(['null', '"text"', '7', 'true', '[]', '[[]]']))],
		['packed', () => gzipSync(body)],
		['packed and great', () => gzipSync(Buffer.alloc(8_000_000, ' '))],
	]);
	request.body = made[1]();
	request.done.push(made[0]);
	if (made[0].startsWith('packed') && dice.chance(0.7)) {
		request.headers.push(['Content-Encoding', 'gzip']);
	}
};

/** One that brings none gets one, of the right type. */
function bodyOf(request: RawRequest): Buffer {
	if (request.body !== null) return request.body;
	request.headers.push(['Content-Type', 'application/json']);
	request.body = Buffer.from('{}');
	return request.body;
}

const ofForm: Mutation = (request, _valid, dice) => {
	const body = bodyOf(request);
	const type = (value: string) => {
		request.headers = request.headers.filter(([name]) => name !== 'Content-Type');
		request.headers.push(['Content-Type', value]);
	};
	const made = dice.pick<[string, () => void]>([
		['text/plain', () => type('text/plain')],
		['a form', () => type('application/x-www-form-urlencoded')],
		['multipart', () => type('multipart/form-data; boundary=x')],
		['no type', () => (request.headers = request.headers.filter(([n]) => n !== 'Content-Type'))],
		['a charset nobody has', () => type('application/json; charset=klingon')],
		['UTF-16 as it says', () => type('application/json; charset=utf-16')],
		['latin1 as it says', () => type('application/json; charset=iso-8859-1')],
		['a broken type', () => type('application/;;;=')],
		['gzip that is none', () => request.headers.push(['Content-Encoding', 'gzip'])],
		['an encoding nobody has', () => request.headers.push(['Content-Encoding', 'lzma'])],
		['ends early', () => endEarly(request, body)],
		['a length that is none', () => request.headers.push(['Content-Length', 'many'])],
		['a negative length', () => request.headers.push(['Content-Length', '-5'])],
		['chunks that are none', () => request.headers.push(['Transfer-Encoding', 'chunked'])],
		['two framings', () => bothFramings(request, body)],
	]);
	made[1]();
	request.done.push(made[0]);
};

function endEarly(request: RawRequest, body: Buffer): void {
	request.claimedLength = body.length + 100;
	request.hangsUp = true;
}

function bothFramings(request: RawRequest, body: Buffer): void {
	request.headers.push(['Transfer-Encoding', 'chunked'], ['Content-Length', String(body.length)]);
}

function oversized(request: RawRequest, bodyLimit: number): void {
	request.body = Buffer.alloc(bodyLimit + 1_000, 'x');
	request.done.push('too large');
}

/** What comes far into the routes comes more often. */
const kinds: readonly Mutation[] = [
	...[ofJson, ofJson, ofJson, ofJson, ofJson, ofParams, ofParams, ofQuery, ofQuery, ofHeaders],
	...[ofMethod, ofBytes, ofForm],
];

import {
	ClientOAuth2,
	type ClientOAuth2Options,
	type ClientOAuth2RequestObject,
	type ClientOAuth2TokenData,
} from '@n8n/client-oauth2';
import { sendHttp, type AddressGuard, type HttpAnswer } from '../../kernel/http-request';

const patienceMs = 30_000;
/** Characters of an answer that are read, and of what it says of a refusal that are told. */
const longestText = 100_000;
const longestReason = 200;

/** The token endpoint gave no token. */
export class TokenRefusal extends Error {
	override readonly name = 'TokenRefusal';

	constructor(
		readonly status: number,
		message: string,
	) {
		super(message);
	}
}

/**
 * The library's client, which asks by our own HTTP: the one it brings follows redirects to any address,
 * and tells what it found there.
 */
export class OAuth2Client extends ClientOAuth2 {
	constructor(
		options: ClientOAuth2Options,
		private readonly addresses: AddressGuard | null,
	) {
		super(options);
	}

	/** @throws TokenRefusal, HttpFailure, address_not_allowed */
	override async accessTokenRequest({
		url,
		method,
		headers = {},
		body = {},
	}: ClientOAuth2RequestObject): Promise<ClientOAuth2TokenData> {
		const answer = await sendHttp(new URL(url), {
			method,
			headers: Object.fromEntries(
				Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
			),
			body: new URLSearchParams(body as Record<string, string>).toString(),
			signal: AbortSignal.timeout(patienceMs),
			addresses: this.addresses,
			longestText,
		});
		const data = dataOf(answer);
		if (answer.status <= 299 && data['error'] === undefined) return data as ClientOAuth2TokenData;
		throw new TokenRefusal(answer.status, reasonOf(answer.status, data));
	}
}

/** RFC 6749, 5.1 wants JSON; some answer as a form. Whatever else comes holds no token. */
function dataOf({ headers, text }: HttpAnswer): Record<string, unknown> {
	if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
		return Object.fromEntries(new URLSearchParams(text));
	}
	try {
		const data: unknown = JSON.parse(text);
		return typeof data === 'object' && data !== null ? { ...data } : {};
	} catch {
		return {};
	}
}

/** RFC 6749, 5.2. */
function reasonOf(status: number, data: Record<string, unknown>): string {
	const said = data['error_description'] ?? data['error'];
	return typeof said === 'string' ? said.slice(0, longestReason) : `HTTP status ${status}`;
}

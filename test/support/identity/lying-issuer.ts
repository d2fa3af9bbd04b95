import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';

/** What the next ID token says; by default the truth. */
export interface Token {
	issuer: string;
	audience: string;
	nonce: string;
	expiresAt: number;
	claims: Record<string, unknown>;
	/** Signed with a key that is not in the JWKS. */
	forged: boolean;
}

export type LyingIssuer = Awaited<ReturnType<typeof startLyingIssuer>>;

/** An issuer that can be made to say what a healthy one never would; codes work once. */
export async function startLyingIssuer(clientId: string) {
	const own = await generateKeyPair('RS256', { extractable: true });
	const foreign = await generateKeyPair('RS256');
	const codes = new Map<string, Token>();
	const server = createServer((request, response) => {
		void answer(request).then(({ status, body }) => {
			response.writeHead(status, { 'content-type': 'application/json' });
			response.end(JSON.stringify(body));
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

	async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
		switch (request.url) {
			case '/.well-known/openid-configuration':
				return {
					status: 200,
					body: {
						issuer,
						authorization_endpoint: `${issuer}/authorize`,
						token_endpoint: `${issuer}/token`,
						jwks_uri: `${issuer}/jwks`,
						token_endpoint_auth_methods_supported: ['client_secret_post'],
					},
				};
			case '/jwks':
				return {
					status: 200,
					body: { keys: [{ ...(await exportJWK(own.publicKey)), alg: 'RS256', use: 'sig' }] },
				};
			case '/token':
				return await trade(new URLSearchParams(await bodyOf(request)));
			default:
				return { status: 404, body: {} };
		}
	}

	async function trade(form: URLSearchParams): Promise<{ status: number; body: unknown }> {
		const code = form.get('code') ?? '';
		const token = codes.get(code);
		codes.delete(code);
		if (!token) return { status: 400, body: { error: 'invalid_grant' } };
		const { expiresAt, audience, nonce, claims, forged } = token;
		const idToken = await new SignJWT({ nonce, ...claims })
			.setProtectedHeader({ alg: 'RS256' })
			.setIssuer(token.issuer)
			.setAudience(audience)
			.setSubject('ada')
			.setIssuedAt(expiresAt - 300)
			.setExpirationTime(expiresAt)
			.sign(forged ? foreign.privateKey : own.privateKey);
		return {
			status: 200,
			body: { access_token: 'an access token', token_type: 'Bearer', id_token: idToken },
		};
	}

	return {
		issuer,
		/** A code that a sign-in with this nonce can be finished with. */
		codeFor: (nonce: string, lie: Partial<Token> = {}): string => {
			const code = `code-${codes.size}-${nonce}`;
			codes.set(code, {
				issuer,
				audience: clientId,
				nonce,
				expiresAt: Math.floor(Date.now() / 1000) + 300,
				claims: { groups: ['staff'] },
				forged: false,
				...lie,
			});
			return code;
		},
		stop: async () => {
			server.close();
			server.closeAllConnections();
			await once(server, 'close');
		},
	};
}

async function bodyOf(request: IncomingMessage): Promise<string> {
	let text = '';
	for await (const chunk of request) text += String(chunk);
	return text;
}

import { z } from 'zod';
import { readPages } from './paging';
import type { N8nTransport } from './transport';
import type { TransportRequest } from './transport-request';

const credentialWire = z.looseObject({
	id: z.string(),
	name: z.string(),
	type: z.string(),
	updatedAt: z.string().nullish(),
});
type CredentialWire = z.infer<typeof credentialWire>;

const testWire = z.looseObject({ status: z.string(), message: z.string().nullish() });

const root = '/api/v1/credentials';
const pathOf = (id: string): string => `${root}/${encodeURIComponent(id)}`;

export async function listCredentials(transport: N8nTransport): Promise<CredentialWire[]> {
	return await readPages(
		transport,
		{ method: 'GET', path: root, meaning: { scope: 'credential:list' } },
		credentialWire,
	);
}

export async function createCredential(
	transport: N8nTransport,
	credential: { name: string; type: string; data: Record<string, unknown> },
): Promise<CredentialWire> {
	return await transport.json(
		{
			method: 'POST',
			path: root,
			body: credential,
			meaning: { subject: 'the new credential', scope: 'credential:create' },
		},
		credentialWire,
	);
}

/** One that is gone already is fine. */
export async function deleteCredential(transport: N8nTransport, id: string): Promise<void> {
	const request: TransportRequest = {
		method: 'DELETE',
		path: pathOf(id),
		meaning: { subject: `credential "${id}"`, scope: 'credential:delete' },
	};
	const response = await transport.send(request);
	if (response.status !== 200 && response.status !== 404) {
		throw transport.errorOf(request, response);
	}
}

export async function testCredential(
	transport: N8nTransport,
	id: string,
): Promise<z.infer<typeof testWire>> {
	return await transport.json(
		{
			method: 'POST',
			path: `${pathOf(id)}/test`,
			meaning: { subject: `credential "${id}"`, scope: 'credential:read' },
		},
		testWire,
	);
}

import { z } from 'zod';
import { isOrchestrationError } from '../../kernel/errors';
import { readPages } from './paging';
import type { N8nTransport } from './transport';

const tableWire = z.looseObject({ id: z.string(), name: z.string() });
const packagesWire = z.array(
	z.looseObject({
		packageName: z.string(),
		installedNodes: z.array(z.looseObject({ type: z.string().nullish() })).nullish(),
	}),
);

/** Null where the key may not list them, or the instance has none of this. */
export async function listDataTables(
	transport: N8nTransport,
): Promise<Array<{ id: string; name: string }> | null> {
	return await ifAllowed(async () => {
		const tables = await readPages(
			transport,
			{
				method: 'GET',
				path: '/api/v1/data-tables',
				meaning: { scope: 'dataTable:list', notFound: 'capability_missing' },
			},
			tableWire,
		);
		return tables.map(({ id, name }) => ({ id, name }));
	});
}

/** Node types of the community packages that n8n has installed by itself; those of a mounted folder are not told. */
export async function installedNodeTypes(transport: N8nTransport): Promise<string[] | null> {
	return await ifAllowed(async () => {
		const packages = await transport.json(
			{
				method: 'GET',
				path: '/api/v1/community-packages',
				meaning: { scope: 'communityPackage:list', notFound: 'capability_missing' },
			},
			packagesWire,
		);
		return packages.flatMap(({ installedNodes }) =>
			(installedNodes ?? []).flatMap(({ type }) => type ?? []),
		);
	});
}

async function ifAllowed<Answer>(ask: () => Promise<Answer>): Promise<Answer | null> {
	try {
		return await ask();
	} catch (error) {
		if (isOrchestrationError(error, 'engine_forbidden', 'capability_missing', 'engine_rejected')) {
			return null;
		}
		throw error;
	}
}

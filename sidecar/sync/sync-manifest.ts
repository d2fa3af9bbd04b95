import { z } from 'zod';
import { compareText } from '../workflow-versions/running-order';

/** What is not in the workflows themselves. No dates and no ids of versions: they would change by themselves. */
export const manifestSchema = z.strictObject({
	format: z.literal('n8n-orchestration-sync'),
	formatVersion: z.literal(1),
	environment: z.string(),
	workflows: z.array(
		z.strictObject({
			workflowKey: z.string(),
			name: z.string(),
			file: z.string().regex(/^[^/\\]+\.json$/),
			/** Published. */
			active: z.boolean(),
			tags: z.array(z.string()),
		}),
	),
});

export type SyncManifest = z.infer<typeof manifestSchema>;
export type SyncEntry = SyncManifest['workflows'][number];

export const manifestFile = 'manifest.json';

export function manifestText(environment: string, workflows: SyncEntry[]): string {
	const manifest: SyncManifest = {
		format: 'n8n-orchestration-sync',
		formatVersion: 1,
		environment,
		workflows: workflows.toSorted((a, b) => compareText(a.workflowKey, b.workflowKey)),
	};
	return `${JSON.stringify(manifest, null, 2)}\n`;
}

/**
 * Takes a folder of workflow files through a real n8n and back, and tells how many keep their digest.
 * A workflow that n8n refuses for connections that lead nowhere is tried again without those.
 * Usage: node -r @swc-node/register test/corpus/roundtrip.ts <folder>
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { WorkflowDefinitions } from '../../sidecar/engines/port/definitions';
import type { WorkflowContent } from '../../sidecar/engines/port/workflow';
import { isOrchestrationError } from '../../sidecar/kernel/errors';
import { diffContents } from '../../sidecar/workflow-versions/diff';
import { startN8n } from '../support/n8n/n8n-instance';
import { definitionsOf } from './corpus-definitions';
import { rawContent, withoutDanglingConnections } from './raw-workflow';
import { roundTrip } from './round-trip';

type Outcome = 'same' | 'changed' | 'other bytes' | 'refused';

async function outcomeOf(
	definitions: WorkflowDefinitions,
	file: string,
	content: WorkflowContent,
): Promise<Outcome> {
	try {
		const trip = await roundTrip(definitions, content);
		if (trip.given !== trip.stored) {
			console.log(`${file}: n8n stored\n${diffContents(content, trip.first).text}`);
		}
		if (!trip.sameBytes) return 'other bytes';
		if (trip.stored === trip.again) return 'same';
		console.log(`${file}: changed\n${diffContents(trip.first, trip.second).text}`);
		return 'changed';
	} catch (error) {
		if (!isOrchestrationError(error)) throw error;
		console.log(`${file}: ${error.code}: ${error.message}`);
		return 'refused';
	}
}

async function main(folder: string): Promise<void> {
	const counts: Record<string, number> = {};
	const n8n = await startN8n();
	try {
		const definitions = definitionsOf(n8n);
		const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
		for (const file of files.sort()) {
			const text = readFileSync(path.join(folder, file), 'utf8');
			const content = rawContent(JSON.parse(text) as WorkflowContent);
			const outcome = await outcomeOf(definitions, file, content);
			counts[outcome] = (counts[outcome] ?? 0) + 1;
			if (outcome !== 'refused') continue;
			const mended = await outcomeOf(definitions, file, withoutDanglingConnections(content));
			counts[`mended: ${mended}`] = (counts[`mended: ${mended}`] ?? 0) + 1;
		}
		console.log(`${files.length} workflows: ${JSON.stringify(counts)}`);
	} finally {
		await n8n.stop();
	}
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('expected a folder of workflow JSON files as argument');
void main(folder);

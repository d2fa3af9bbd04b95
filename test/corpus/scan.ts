/**
 * Plants ids and secrets at random places in every workflow file of a folder and tells how many are found,
 * and how many secrets are seen where none was planted.
 * Usage: node -r @swc-node/register test/corpus/scan.ts <folder> [seed]
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { WorkflowContent } from '../../sidecar/engines/port/workflow';
import { findReferences } from '../../sidecar/workflow-versions/references';
import { findSecrets } from '../../sidecar/workflow-versions/secret-scan';
import { findStrayIds } from '../../sidecar/workflow-versions/stray-ids';
import { planted, randomId, seeded } from './planting';
import { rawContent } from './raw-workflow';

const folder = process.argv[2] ?? '.';
const random = seeded(Number(process.argv[3] ?? 1));
const perFile = 20;

const counts = {
	files: 0,
	ids: 0,
	idsFound: 0,
	secrets: 0,
	secretsFound: 0,
	alarms: 0,
	alarmed: 0,
};
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
	const content = rawContent(
		JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as WorkflowContent,
	);
	if (!Array.isArray(content.nodes) || content.nodes.length === 0) continue;
	counts.files += 1;
	const alarms = findSecrets(content);
	counts.alarms += alarms.length;
	if (alarms.length > 0) counts.alarmed += 1;
	for (const { kind, place } of alarms) console.log(`alarm ${file}: ${kind} at ${place}`);
	for (let each = 0; each < perFile; each += 1) {
		const id = randomId(random);
		const withId = planted(content, id, random);
		counts.ids += 1;
		const named = findReferences(withId.content).some((reference) =>
			JSON.stringify(reference).includes(id),
		);
		if (named || findStrayIds(withId.content, [id]).length > 0) counts.idsFound += 1;
		else console.log(`missed id ${file}: ${withId.place}`);
		const secret = `ghp_${randomId(random)}${randomId(random)}${randomId(random).slice(0, 4)}`;
		const withSecret = planted(content, secret, random);
		counts.secrets += 1;
		if (findSecrets(withSecret.content).length > alarms.length) counts.secretsFound += 1;
		else console.log(`missed secret ${file}: ${withSecret.place}`);
	}
}
console.log(counts);

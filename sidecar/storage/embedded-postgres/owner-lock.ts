import { randomUUID } from 'node:crypto';
import { link, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import type { Clock } from '../../kernel/clock';
import { readHere, stillOwns, type Owner } from './lock-owner';
import { notStartable, unless } from './not-startable';
import { startOf } from './process-facts';

export interface OwnerLock {
	/** Gives the data folder free; a second call does nothing. */
	release(): Promise<void>;
}

const beatMs = 2_000;

/**
 * Makes this process the one that runs the cluster. What a dead process left is taken over.
 * @throws OrchestrationError `database_not_startable` when a living process holds it
 */
export async function claimOwnerLock(file: string, clock: Clock): Promise<OwnerLock> {
	const owner: Owner = {
		pid: process.pid,
		start: (await startOf(process.pid)) ?? '',
		...(await readHere()),
		claim: randomUUID(),
	};
	const text = JSON.stringify(owner);
	// Written whole, then linked: nobody ever reads half a lock, and only one link succeeds.
	const mine = `${file}.${owner.claim}`;
	await writeFile(mine, text, { mode: 0o600 });
	try {
		while (!(await tryLink(mine, file))) await removeIfStale(file, owner, clock);
	} finally {
		await unlink(mine);
	}
	return keep(file, text, clock);
}

async function tryLink(from: string, to: string): Promise<boolean> {
	return (
		(await unless(
			['EEXIST'],
			link(from, to).then(() => true),
		)) ?? false
	);
}

async function removeIfStale(file: string, self: Owner, clock: Clock): Promise<void> {
	const text = await unless(['ENOENT'], readFile(file, 'utf8'));
	if (text === undefined) return;
	const owner = parseOwner(text);
	if (owner && (await stillOwns(owner, self, () => beatsOn(file, clock)))) {
		throw notStartable(
			`the data folder is already in use by process ${owner.pid} on ${owner.host} ` +
				`(${file}); give this sidecar another ORCHESTRATION_DATA_DIR or share one ` +
				'database through DATABASE_URL',
		);
	}
	const aside = `${file}.${randomUUID()}`;
	if (
		!(await unless(
			['ENOENT'],
			rename(file, aside).then(() => true),
		))
	)
		return;
	// Another starter may have been faster, and this is its lock: put it back.
	const removed = await readFile(aside, 'utf8');
	if (removed !== text) await tryLink(aside, file);
	await unlink(aside);
}

/** A torn file (power loss) belongs to nobody. */
function parseOwner(text: string): Owner | null {
	try {
		return JSON.parse(text) as Owner;
	} catch {
		return null;
	}
}

/** Watches for a sign of life of an owner whose process we cannot see. */
async function beatsOn(file: string, clock: Clock): Promise<boolean> {
	const first = await unless(['ENOENT'], stat(file));
	for (let waited = 0; first && waited < 3 * beatMs; waited += beatMs / 4) {
		await clock.sleep(beatMs / 4);
		const now = await unless(['ENOENT'], stat(file));
		if (!now) return false;
		if (now.mtimeMs !== first.mtimeMs) return true;
	}
	return false;
}

function keep(file: string, text: string, clock: Clock): OwnerLock {
	const timer = setInterval(() => {
		const now = clock.now();
		// A lock that cannot be touched is still a lock here; the next beat tries again.
		utimes(file, now, now).catch(() => undefined);
	}, beatMs).unref();
	let released: Promise<void> | null = null;
	const release = async () => {
		clearInterval(timer);
		if ((await unless(['ENOENT'], readFile(file, 'utf8'))) !== text) return;
		await unless(['ENOENT'], unlink(file));
	};
	return { release: () => (released ??= release()) };
}

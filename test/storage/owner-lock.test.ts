import { existsSync } from 'node:fs';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../sidecar/kernel/clock';
import { readHere, type Owner } from '../../sidecar/storage/embedded-postgres/lock-owner';
import { claimOwnerLock } from '../../sidecar/storage/embedded-postgres/owner-lock';
import { startOf } from '../../sidecar/storage/embedded-postgres/process-facts';
import { dataFolder, type DataFolder } from '../support/postgres/data-folder';

let folder: DataFolder;
let file: string;
let self: Owner;
/** What happens while the lock waits. */
let meanwhile: () => Promise<void>;
const clock: Clock = { now: () => new Date(), sleep: async () => await meanwhile() };

beforeEach(async () => {
	folder = await dataFolder();
	file = path.join(folder.path, 'lock');
	meanwhile = async () => undefined;
	const start = (await startOf(process.pid)) ?? '';
	self = { pid: process.pid, start, claim: 'another', ...(await readHere()) };
});

afterEach(async () => {
	await folder.remove();
});

const claimFrom = async (owner: Partial<Owner>) => {
	await writeFile(file, JSON.stringify({ ...self, ...owner }));
	const lock = await claimOwnerLock(file, clock);
	const pid = (JSON.parse(await readFile(file, 'utf8')) as Owner).pid;
	await lock.release();
	return pid;
};

it('is gone after its release', async () => {
	const lock = await claimOwnerLock(file, clock);
	expect(existsSync(file)).toBe(true);
	await lock.release();
	await lock.release();
	expect(existsSync(file)).toBe(false);
});

it('does not remove the lock of a later owner', async () => {
	const lock = await claimOwnerLock(file, clock);
	await writeFile(file, JSON.stringify({ ...self, claim: 'later' }));
	await lock.release();
	expect(existsSync(file)).toBe(true);
});

it('stays with a living process', async () => {
	await expect(claimFrom({})).rejects.toMatchObject({
		code: 'database_not_startable',
		details: {},
		message: expect.stringContaining(`already in use by process ${process.pid}`),
	});
});

it('is taken from a process whose number has been given to another', async () => {
	expect(await claimFrom({ start: '1' })).toBe(process.pid);
});

it('is taken from a time before the machine was started again', async () => {
	expect(await claimFrom({ boot: 'an earlier one' })).toBe(process.pid);
});

it('is taken when it cannot be read, as after a power loss', async () => {
	await writeFile(file, '{"pid": 1');
	const lock = await claimOwnerLock(file, clock);
	expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ pid: process.pid });
	await lock.release();
});

describe('of another container on the same volume', () => {
	const elsewhere = { host: 'other', pidNamespace: 'pid:[1]', pid: 1 };

	it('is taken when it shows no sign of life', async () => {
		expect(await claimFrom(elsewhere)).toBe(process.pid);
	});

	it('stays when it does', async () => {
		meanwhile = async () => await utimes(file, 1, 1);
		await expect(claimFrom(elsewhere)).rejects.toMatchObject({
			code: 'database_not_startable',
			message: expect.stringContaining('process 1 on other'),
		});
	});
});

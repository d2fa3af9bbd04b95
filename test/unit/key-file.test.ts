import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureKeyFile } from '../../sidecar/environments/key-file';

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'orchestration-key-'));
});
afterEach(async () => {
	await rm(folder, { recursive: true });
});

const modeOf = async (file: string) => (await stat(path.join(folder, file))).mode & 0o777;

it('makes a key once and keeps it for its owner alone', async () => {
	const key = await ensureKeyFile(folder);
	expect(key).toHaveLength(32);
	expect(await modeOf('encryption.key')).toBe(0o600);
	expect(await ensureKeyFile(folder)).toEqual(key);
	expect(await readdir(folder)).toEqual(['encryption.key']);
});

it('makes the data folder when it is not there', async () => {
	expect(await ensureKeyFile(path.join(folder, 'a', 'b'))).toHaveLength(32);
});

it('gives twenty that start at once the same key', async () => {
	const keys = await Promise.all(Array.from({ length: 20 }, () => ensureKeyFile(folder)));
	expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
	expect(await readdir(folder)).toEqual(['encryption.key']);
});

it('takes back rights that others got', async () => {
	await ensureKeyFile(folder);
	await chmod(path.join(folder, 'encryption.key'), 0o644);
	await ensureKeyFile(folder);
	expect(await modeOf('encryption.key')).toBe(0o600);
});

it('refuses a file that holds no key instead of making a new one', async () => {
	await writeFile(path.join(folder, 'encryption.key'), 'torn');
	await expect(ensureKeyFile(folder)).rejects.toMatchObject({ code: 'configuration_invalid' });
});

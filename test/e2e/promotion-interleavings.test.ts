import { interleave } from './interleavings';
import { openScene, type Scene } from './promotion-scene';

/** INTERLEAVINGS=1000 for the long run; INTERLEAVINGS_SEED for another one than the usual. */
const count = Number(process.env['INTERLEAVINGS'] ?? 10);
const seed = Number(process.env['INTERLEAVINGS_SEED'] ?? 1);
const lanes = count > 50 ? 8 : 3;

jest.setTimeout(180_000 + count * 20_000);

let scene: Scene;

beforeAll(async () => {
	scene = await openScene();
});
afterAll(async () => {
	await scene?.close();
});

it('loses no edit, wherever in a promotion it comes', async () => {
	const { phases, edits, lost, overtaken } = await interleave(scene, { seed, count, lanes });
	if (count > 50)
		console.log(JSON.stringify({ count, seed, phases, edits, lost: lost.length, overtaken }));
	expect(lost).toEqual([]);
	expect(overtaken).toBeLessThanOrEqual(Math.max(2, count / 50));
	expect(edits).toBeGreaterThan(count / 2);
});

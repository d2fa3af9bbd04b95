import { interleave } from './interleavings';
import { openScene, type Scene } from './promotion-scene';

/** INTERLEAVINGS=1000 for the long run; INTERLEAVINGS_SEED for another one than the usual. */
const count = Number(process.env['INTERLEAVINGS'] ?? 12);
const seed = Number(process.env['INTERLEAVINGS_SEED'] ?? 1);
/** One alone more often succeeds; of several, what somebody edits is more often undone for another's sake. */
const lanes = count > 50 ? [8, 4, 1, 1, 1] : [3, 1];

jest.setTimeout(180_000 + count * 20_000);

let scene: Scene;

beforeAll(async () => {
	scene = await openScene();
});
afterAll(async () => {
	await scene?.close();
});

it('loses no edit, wherever in a promotion it comes', async () => {
	const { lost, ...counts } = await interleave(scene, { seed, count, lanes });
	if (count > 50) console.log(JSON.stringify({ seed, ...counts, lost: lost.length }));
	expect(lost).toEqual([]);
	expect(counts.interleavings).toBeGreaterThanOrEqual(count);
});

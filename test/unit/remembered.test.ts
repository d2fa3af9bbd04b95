import { remembered } from '../../sidecar/kernel/remembered';

let now: number;
let loads: string[];
let fails: boolean;
const clock = { now: () => new Date(now) };
const load = async (name: string) => {
	loads.push(name);
	if (fails) throw new Error('not now');
	return await Promise.resolve(`${name} ${loads.length}`);
};

beforeEach(() => {
	now = 1_000_000;
	loads = [];
	fails = false;
});

it('loads once for all who ask within a second, each name for itself', async () => {
	const { of } = remembered(load, clock);
	expect(await Promise.all([of('a'), of('a'), of('b')])).toEqual(['a 1', 'a 1', 'b 2']);
	now += 999;
	expect(await of('a')).toBe('a 1');
	now += 1;
	expect(await of('a')).toBe('a 3');
});

it('loads again when something was changed, or the clock was set back', async () => {
	const { of, forget } = remembered(load, clock);
	await of('a');
	forget();
	expect(await of('a')).toBe('a 2');
	now -= 10;
	expect(await of('a')).toBe('a 3');
});

it('remembers no failure', async () => {
	const { of } = remembered(load, clock);
	fails = true;
	await expect(of('a')).rejects.toThrow('not now');
	fails = false;
	expect(await of('a')).toBe('a 2');
});

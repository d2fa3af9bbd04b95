import { type Dice, oddNumbers, oddTexts, oddValue } from './odd-values';

type Place = { holder: Record<string, unknown>; key: string };

/** A copy in which one place is not as it was. */
export function mutateJson(value: unknown, dice: Dice): { value: unknown; done: string } {
	const copy = { root: structuredClone(value) } as Record<string, unknown>;
	const { holder, key } = dice.pick(placesIn({ holder: copy, key: 'root' }));
	const was = holder[key];
	switch (dice.below(7)) {
		case 0:
			holder[key] = oddValue(dice);
			return { value: copy['root'], done: `${key} is odd` };
		case 1:
			if (Array.isArray(holder)) holder.splice(Number(key), 1);
			else delete holder[key];
			return { value: copy['root'], done: `without ${key}` };
		case 2: {
			const inner = typeof was === 'object' && was !== null && !Array.isArray(was) ? was : null;
			const name = dice.pick([...oddTexts, 'unknownField', 'id', 'environment']);
			// As an own field: assigning __proto__ would not make one.
			if (inner) define(inner, name, oddValue(dice));
			else holder[key] = [was, was];
			return { value: copy['root'], done: `${key} has one more` };
		}
		case 3:
			holder[key] = typeof was === 'number' ? dice.pick(oddNumbers) : Number(was);
			return { value: copy['root'], done: `${key} is a number` };
		case 4:
			holder[key] = typeof was === 'string' ? `${was}${dice.pick(oddTexts)}` : String(was);
			return { value: copy['root'], done: `${key} is a text` };
		case 5:
			holder[key] = null;
			return { value: copy['root'], done: `${key} is null` };
		default:
			holder[key] = Array.from({ length: dice.pick([1, 50, 3_000]) }, () => was);
			return { value: copy['root'], done: `${key} many times` };
	}
}

function define(holder: object, name: string, value: unknown): void {
	Object.defineProperty(holder, name, { value, enumerable: true, configurable: true });
}

function placesIn(place: Place): Place[] {
	const value = place.holder[place.key];
	if (typeof value !== 'object' || value === null) return [place];
	const holder = value as Record<string, unknown>;
	return [place, ...Object.keys(holder).flatMap((key) => placesIn({ holder, key }))];
}

/**
 * How wild it gets. `npm run test:chaos` sets the long form, `npm test` ends with the short one.
 * CHAOS_SEED brings a run back.
 */
const given = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);

export const chaos = {
	events: given('CHAOS_EVENTS', 300),
	kills: given('CHAOS_KILLS', 4),
	seed: given('CHAOS_SEED', 20_310_401),
	senders: 20,
	/** Of all events, how many are sent once more. */
	duplicates: 0.2,
};

/** Loaded before a program (`node --require`): its clock is CLOCK_AHEAD_MS ahead of the machine's. */
const aheadMs = Number(process.env.CLOCK_AHEAD_MS);
const now = () => OwnDate.now() + aheadMs;
const OwnDate = Date;

globalThis.Date = new Proxy(OwnDate, {
	construct: (target, given, as) =>
		Reflect.construct(target, given.length === 0 ? [now()] : given, as),
	get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});

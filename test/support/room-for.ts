/** What `open` makes, one for all tests of a file: there once they run, closed after the last. */
export function roomFor<Room extends { close(): Promise<void> }>(open: () => Promise<Room>): Room {
	const room = {} as Room;
	beforeAll(async () => void Object.assign(room, await open()), 600_000);
	// Where opening it failed there is nothing to close, and that is what the run tells.
	afterAll(async () => await (room as Partial<Room>).close?.());
	return room;
}

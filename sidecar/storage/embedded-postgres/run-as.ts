/**
 * Postgres refuses to run as root. These are the ways to run it as somebody else, best first;
 * docs/decisions/embedded-postgres.md says what each is for.
 */
export type RunAs =
	/** We are an ordinary user already. */
	| { way: 'as-is'; owner: Account }
	/** As root: give up root for the child. */
	| { way: 'other-user'; owner: Account }
	/** The same, keeping one right: to pass through folders that only root may enter. */
	| { way: 'capability'; owner: Account; capability: 'dac_read_search' | 'dac_override' }
	/** A namespace in which root has the number of an ordinary user and no rights beyond its own. */
	| { way: 'user-namespace'; owner: Account; shown: Account };

export interface Account {
	uid: number;
	gid: number;
}

/** Ready for spawn. */
export interface Command {
	file: string;
	args: string[];
	identity: Partial<Account>;
}

/**
 * @param self who we are
 * @param servant whom root hands the server to; not used for an ordinary user
 */
export function waysToRun(self: Account, servant: Account): RunAs[] {
	if (self.uid !== 0) return [{ way: 'as-is', owner: self }];
	return [
		{ way: 'other-user', owner: servant },
		{ way: 'capability', owner: servant, capability: 'dac_read_search' },
		{ way: 'capability', owner: servant, capability: 'dac_override' },
		{ way: 'user-namespace', owner: self, shown: servant },
	];
}

/** The command with whatever must stand before it. */
export function commandAs(runAs: RunAs, file: string, args: readonly string[]): Command {
	const { uid, gid } = runAs.owner;
	switch (runAs.way) {
		case 'as-is':
			return { file, args: [...args], identity: {} };
		case 'other-user':
			return { file, args: [...args], identity: { uid, gid } };
		case 'capability': {
			const kept = `+${runAs.capability}`;
			const become = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--no-new-privs'];
			// Without no_setuid_fixup access(2), which initdb asks, looks away from the kept right.
			const keep = ['--securebits=+no_setuid_fixup', `--inh-caps=${kept}`];
			const options = [...become, ...keep, `--ambient-caps=${kept}`];
			return { file: 'setpriv', args: [...options, '--', file, ...args], identity: {} };
		}
		case 'user-namespace': {
			const { shown } = runAs;
			const options = ['--user', `--map-user=${shown.uid}`, `--map-group=${shown.gid}`];
			return { file: 'unshare', args: [...options, '--', file, ...args], identity: {} };
		}
	}
}

const byReason: Record<string, string> = {
	state: 'This browser did not begin that sign-in. Begin it here, with cookies allowed.',
	late: 'That took longer than ten minutes. Sign in again.',
	provider: 'The identity provider said no, or you did.',
	code: 'The identity provider did not take our code. Sign in again; an admin finds more in the log.',
	identity:
		'What the identity provider said of you could not be verified. An admin finds more in the log.',
	role: 'You are known there, but have no role here. Ask an admin for one.',
};

const byCode: Record<string, string> = {
	sign_in_limited: 'Too many attempts from your address. Wait a quarter of an hour.',
	identity_provider_unreachable: 'The identity provider does not answer. Sign in with a token.',
	identity_provider_not_found: 'There is no such identity provider any more.',
	environment_not_found: 'Your role is for an environment that is not registered.',
	address_not_allowed: 'The sidecar may not call the address of the identity provider.',
};

/** Why a sign-in with a provider came back here, in words; null: it did not. */
export function refusalIn(query: URLSearchParams): string | null {
	const code = query.get('refused');
	if (code === null) return null;
	const told = byReason[query.get('reason') ?? ''] ?? byCode[code];
	return told ?? 'Signing in was refused. An admin finds more in the log.';
}

import { z } from 'zod';
import type { ConsoleSession, SignInProvider, WhoAmI } from '../contract/sessions';
import type { Session } from '../sessions/session';
import type { Actor } from './authenticate';
import { dateTime } from './wire-schemas';

const role = z.enum(['viewer', 'operator', 'admin', 'node']);

export const signInInput = z
	.strictObject({ token: z.string().min(1).max(512) })
	.meta({ id: 'SignIn' });

export const whoAmISchema = z
	.strictObject({
		user: z.string(),
		role,
		environments: z.array(z.string()).nullable().meta({ description: 'Null: all.' }),
		csrfToken: z.string().nullable().meta({
			description:
				'Goes into the header x-csrf-token of every request that is no GET. Null: asked with a token.',
		}),
	})
	.meta({ id: 'WhoAmI' });

export const signInProviderSchema = z
	.strictObject({ name: z.string(), start: z.string() })
	.meta({ id: 'SignInProvider' });

export const consoleSessionSchema = z
	.strictObject({
		id: z.string(),
		user: z.string(),
		role,
		environment: z.string().nullable(),
		provider: z.string().nullable().meta({ description: 'Null: signed in with a token.' }),
		createdAt: dateTime,
		lastUsedAt: dateTime,
		endsAt: dateTime,
		current: z.boolean(),
	})
	.meta({ id: 'ConsoleSession' });

export const exampleWhoAmI: WhoAmI = {
	user: 'ada@example.com (google)',
	role: 'operator',
	environments: null,
	csrfToken: 'nJ4x…',
};

export const exampleProvider: SignInProvider = {
	name: 'google',
	start: '/session/oidc/google/start',
};

export const exampleSession: ConsoleSession = {
	id: '0198c0de-0000-7000-8000-000000000021',
	user: 'ada@example.com (google)',
	role: 'operator',
	environment: null,
	provider: 'google',
	createdAt: '2031-04-01T12:00:00.000Z',
	lastUsedAt: '2031-04-01T12:20:00.000Z',
	endsAt: '2031-04-02T00:00:00.000Z',
	current: true,
};

export function whoIs({ name, role: held, environment, session }: Actor): WhoAmI {
	if (held === 'public') throw new Error('nobody is asked who they are without a token or session');
	return {
		user: name,
		role: held,
		environments: environment === null ? null : [environment],
		csrfToken: session?.csrfToken ?? null,
	};
}

export function toWire(session: Session, own: string | null): ConsoleSession {
	return {
		id: session.id,
		user: session.name,
		role: session.role,
		environment: session.environment,
		provider: session.provider,
		createdAt: session.createdAt.toISOString(),
		lastUsedAt: session.lastUsedAt.toISOString(),
		endsAt: session.endsAt.toISOString(),
		current: session.id === own,
	};
}

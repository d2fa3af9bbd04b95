import type {
	IExecuteFunctions,
	IHookFunctions,
	ILoadOptionsFunctions,
	INodeCredentialDescription,
	INodeProperties,
} from 'n8n-workflow';

export type CredentialType = 'orchestrationApi' | 'orchestrationOAuth2Api';

export const authenticationProperty: INodeProperties = {
	displayName: 'Authentication',
	name: 'authentication',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Token', value: 'token' },
		{
			name: 'OAuth2',
			value: 'oAuth2',
			description: 'For a sidecar behind a gateway that asks for client credentials',
		},
	],
	default: 'token',
};

export const sidecarCredentials: INodeCredentialDescription[] = [
	{
		name: 'orchestrationApi',
		required: true,
		displayOptions: { show: { authentication: ['token'] } },
	},
	{
		name: 'orchestrationOAuth2Api',
		required: true,
		displayOptions: { show: { authentication: ['oAuth2'] } },
	},
];

/** For a node that does more with a sidecar, and does without. */
export const optionalSidecarCredentials: INodeCredentialDescription[] = sidecarCredentials.map(
	(credential) => ({ ...credential, required: false }),
);

/** For a node that needs the sidecar only with certain settings. */
export const sidecarCredentialsWhen = (
	settings: Record<string, string[]>,
): INodeCredentialDescription[] =>
	sidecarCredentials.map((credential) => ({
		...credential,
		displayOptions: { show: { ...credential.displayOptions?.show, ...settings } },
	}));

export function credentialTypeOf(
	context: IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions,
): CredentialType {
	return context.getNode().parameters['authentication'] === 'oAuth2'
		? 'orchestrationOAuth2Api'
		: 'orchestrationApi';
}

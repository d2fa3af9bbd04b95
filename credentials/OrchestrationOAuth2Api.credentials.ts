import type { ICredentialType, INodeProperties } from 'n8n-workflow';

/** For a sidecar behind a gateway that checks client credentials and adds the sidecar's own token. */
export class OrchestrationOAuth2Api implements ICredentialType {
	name = 'orchestrationOAuth2Api';

	extends = ['oAuth2Api'];

	displayName = 'Orchestration OAuth2 API';

	icon = {
		light: 'file:orchestration.svg',
		dark: 'file:orchestration.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/n8n-orchestration/n8n-nodes-orchestration/blob/main/docs/nodes/orchestration.md#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			placeholder: 'https://gateway.example.com/orchestration',
			required: true,
			description: 'Address of the gateway in front of the sidecar, without /api/v1',
		},
		{
			displayName: 'Grant Type',
			name: 'grantType',
			type: 'hidden',
			default: 'clientCredentials',
		},
		{
			displayName: 'Access Token URL',
			name: 'accessTokenUrl',
			type: 'string',
			default: '',
			placeholder: 'https://login.example.com/oauth2/token',
			required: true,
		},
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'string',
			default: '',
			description: 'Separated by spaces; empty when the gateway asks for none',
		},
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'options',
			options: [
				{ name: 'Header', value: 'header' },
				{ name: 'Body', value: 'body' },
			],
			default: 'header',
			description: 'Where the client ID and secret are sent when asking for the access token',
		},
	];
}

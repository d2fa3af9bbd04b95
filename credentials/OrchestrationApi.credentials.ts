import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

export class OrchestrationApi implements ICredentialType {
	name = 'orchestrationApi';

	displayName = 'Orchestration API';

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
			default: 'http://localhost:5680',
			required: true,
			description:
				'Address of the sidecar as n8n sees it, without /api/v1. From an n8n in Docker the host is host.docker.internal or the name of the sidecar container.',
		},
		{
			displayName: 'Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'Made by POST /api/v1/tokens with the role node. A token made for one environment spares naming it in the nodes.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{$credentials.token}}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl}}',
			url: '/api/v1/dead-letters',
			qs: { limit: 1 },
		},
	};
}

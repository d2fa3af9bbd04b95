import type { WorkflowContent, WorkflowNode } from '../../../sidecar/engines/port/workflow';

export function node(
	name: string,
	type: string,
	fields: Omit<Partial<WorkflowNode>, 'name' | 'type'> = {},
): WorkflowNode {
	return { name, type, typeVersion: 1, position: [0, 0], parameters: {}, ...fields };
}

export function to(...names: string[]): Array<{ node: string; type: string; index: number }> {
	return names.map((name) => ({ node: name, type: 'main', index: 0 }));
}

/** A webhook that routes orders; three targets on two outputs. */
export function orderRouting(): WorkflowContent {
	return {
		name: 'Order routing',
		nodes: [
			node('Orders', 'n8n-nodes-base.webhook', {
				id: 'a1',
				typeVersion: 2,
				webhookId: '5f0c7a52-93be-4a39-9c62-0d3f9c1b7a11',
				parameters: { httpMethod: 'POST', path: 'orders', options: {} },
			}),
			node('Is large?', 'n8n-nodes-base.if', {
				id: 'a2',
				typeVersion: 2.2,
				position: [200, 0],
				parameters: {
					conditions: {
						combinator: 'and',
						options: { caseSensitive: true, version: 2 },
						conditions: [
							{
								id: 'c1',
								leftValue: '={{ $json.body.total }}',
								rightValue: 1000,
								operator: { type: 'number', operation: 'gt' },
							},
						],
					},
				},
			}),
			node('Ask a person', 'n8n-nodes-base.slack', {
				id: 'a3',
				typeVersion: 2.3,
				position: [400, 0],
				parameters: {
					channelId: {
						__rl: true,
						mode: 'list',
						value: 'C042',
						cachedResultName: 'approvals',
						cachedResultUrl: 'https://slack.example/C042',
					},
					text: '=Order {{ $json.body.id }}',
				},
				credentials: { slackApi: { id: 'SlackCred0000001', name: 'Slack bot' } },
				onError: 'continueRegularOutput',
			}),
			node('Book', 'n8n-nodes-base.httpRequest', {
				id: 'a4',
				typeVersion: 4.2,
				position: [400, 200],
				parameters: {
					url: 'https://erp.example/orders',
					sendHeaders: true,
					headerParameters: {
						parameters: [{ name: 'Authorization', value: 'Bearer abcdef123456' }],
					},
					options: { timeout: 5000 },
				},
				credentials: { httpHeaderAuth: { id: 'ErpCred000000001', name: 'ERP' } },
				retryOnFail: true,
				maxTries: 4,
			}),
			node('Count', 'n8n-nodes-base.noOp', { id: 'a5', position: [400, 400] }),
			node('Why', 'n8n-nodes-base.stickyNote', {
				id: 'a6',
				position: [-200, -200],
				parameters: { content: 'Large orders need a person' },
			}),
		],
		connections: {
			Orders: { main: [to('Is large?')] },
			'Is large?': { main: [to('Ask a person', 'Count'), to('Book')] },
		},
		settings: {
			executionOrder: 'v1',
			timezone: 'Europe/Berlin',
			errorWorkflow: 'ErrorFlow0000001',
		},
	};
}

/** Every way of naming another workflow. */
export function callingOthers(): WorkflowContent {
	const embedded = {
		nodes: [
			node('Inner call', 'n8n-nodes-base.executeWorkflow', {
				parameters: { workflowId: 'OldStyleFlow0001' },
				credentials: {},
			}),
			node('Inner mail', 'n8n-nodes-base.gmail', {
				credentials: { gmailOAuth2: { id: 'MailCred00000001', name: 'Mail' } },
			}),
		],
		connections: {},
	};
	const call = 'n8n-nodes-base.executeWorkflow';
	return {
		name: 'Calling others',
		nodes: [
			node('Start', 'n8n-nodes-base.executeWorkflowTrigger', { typeVersion: 1.1 }),
			node('Old call', call, { parameters: { workflowId: 'OldStyleFlow0001', mode: 'each' } }),
			node('Call', call, {
				typeVersion: 1.2,
				parameters: {
					workflowId: {
						__rl: true,
						mode: 'list',
						value: 'ListedFlow000001',
						cachedResultName: 'Listed',
						cachedResultUrl: '/workflow/ListedFlow000001',
					},
				},
			}),
			node('Self', call, {
				typeVersion: 1.2,
				parameters: { workflowId: { __rl: true, mode: 'id', value: '={{ $workflow.id }}' } },
			}),
			node('Chosen', call, {
				typeVersion: 1.2,
				parameters: { workflowId: { __rl: true, mode: 'id', value: '={{ $json.flow }}' } },
			}),
			node('Carried', call, {
				typeVersion: 1.2,
				parameters: { source: 'parameter', workflowJson: JSON.stringify(embedded, null, 2) },
			}),
			node('From file', call, {
				typeVersion: 1.2,
				parameters: { source: 'localFile', workflowPath: '/flows/a.json' },
			}),
			node('Publish', 'n8n-nodes-base.n8n', {
				parameters: {
					operation: 'activate',
					workflowId: {
						__rl: true,
						mode: 'url',
						value: 'https://dev.example/workflow/ListedFlow000001',
					},
				},
			}),
			node('Link', 'n8n-nodes-base.code', {
				typeVersion: 2,
				parameters: {
					jsCode: 'const flow = "ListedFlow000001";\nreturn [{ json: { flow } }];',
				},
			}),
		],
		connections: { Start: { main: [to('Old call', 'Call', 'Self')] } },
		settings: {
			executionOrder: 'v1',
			errorWorkflow: 'ErrorFlow0000001',
			callerPolicy: 'workflowsFromAList',
			callerIds: 'CallerB000000001, CallerA000000001',
		},
	};
}

/** An agent with a model, a workflow as its tool, a data table and a node of the community. */
export function agent(): WorkflowContent {
	const ai = (name: string, type: string) => [[{ node: name, type, index: 0 }]];
	return {
		name: 'Agent',
		nodes: [
			node('Chat', '@n8n/n8n-nodes-langchain.chatTrigger', {
				id: 'g1',
				webhookId: '0b1ad7c6-5d0c-4c0e-8c55-6c2d6e9f1a01',
			}),
			node('Agent', '@n8n/n8n-nodes-langchain.agent', { id: 'g2', typeVersion: 2 }),
			node('Model', '@n8n/n8n-nodes-langchain.lmChatOpenAi', {
				id: 'g3',
				typeVersion: 1.2,
				parameters: { options: { maxTokens: 400 } },
				credentials: { openAiApi: { id: 'OpenAiCred000001', name: 'OpenAI' } },
			}),
			node('Look up', '@n8n/n8n-nodes-langchain.toolWorkflow', {
				id: 'g4',
				typeVersion: 2.2,
				parameters: { workflowId: { __rl: true, mode: 'list', value: 'ToolFlow00000001' } },
			}),
			node('Find', '@n8n/n8n-nodes-langchain.retrieverWorkflow', {
				id: 'g5',
				parameters: { source: 'database', workflowId: 'RetrieverFlow001' },
			}),
			node('Rows', 'n8n-nodes-base.dataTableTool', {
				id: 'g6',
				parameters: {
					dataTableId: {
						__rl: true,
						mode: 'list',
						value: 'Table00000000001',
						cachedResultName: 'T',
					},
				},
			}),
			node('Keep', 'n8n-nodes-orchestration.deadLetter', { id: 'g7' }),
		],
		connections: {
			Chat: { main: [to('Agent')] },
			Model: { ai_languageModel: ai('Agent', 'ai_languageModel') },
			'Look up': { ai_tool: ai('Agent', 'ai_tool') },
			Rows: { ai_tool: ai('Agent', 'ai_tool') },
			Agent: { main: [to('Keep')] },
		},
		settings: { executionOrder: 'v1' },
		nodeGroups: [{ id: 'group', name: 'Answering', nodeIds: ['g6', 'g2', 'g4', 'g3'] }],
	};
}

/** From before execution orders, credential ids and onError. */
export function legacy(): WorkflowContent {
	return {
		name: 'Legacy',
		nodes: [
			node('Cron', 'n8n-nodes-base.cron', {
				parameters: { triggerTimes: { item: [{ hour: 6 }, { hour: 18 }] } },
			}),
			node('Work', 'n8n-nodes-base.function', {
				parameters: { functionCode: 'items[0].json.ok = true;\nreturn items;' },
				continueOnFail: true,
			}),
			node('Post', 'n8n-nodes-base.mattermost', {
				credentials: { mattermostApi: 'Mattermost' } as unknown as WorkflowNode['credentials'],
				disabled: true,
			}),
		],
		connections: { Cron: { main: [to('Post', 'Work')] }, Work: { main: [null, to('Post')] } },
		settings: {},
	};
}

export function allFixtures(): WorkflowContent[] {
	return [orderRouting(), callingOthers(), agent(), legacy()];
}

/** The workflow with fields of one node changed. */
export function withNode(
	content: WorkflowContent,
	name: string,
	fields: Partial<WorkflowNode>,
): WorkflowContent {
	if (!content.nodes.some((each) => each.name === name)) throw new Error(`no node ${name}`);
	return {
		...content,
		nodes: content.nodes.map((each) => (each.name === name ? { ...each, ...fields } : each)),
	};
}

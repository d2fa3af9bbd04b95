import type { Clock } from '../../kernel/clock';
import type {
	CredentialTest,
	EngineApi,
	EngineCredential,
	WorkflowDefinitions,
	WorkflowHistoryEntry,
} from '../port/definitions';
import type {
	EngineWorkflow,
	WorkflowContent,
	WorkflowGraph,
	WorkflowSummary,
} from '../port/workflow';
import { isOrchestrationError } from '../../kernel/errors';
import { describeApi } from './api-fields';
import { listCredentials, testCredential } from './credential-endpoints';
import { installedNodeTypes, listDataTables } from './inventory-endpoints';
import { readGraph, readSummary, readWorkflow } from './read-workflow';
import type { N8nTransport } from './transport';
import { probeWebhook } from './webhook-endpoints';
import { createBody, updateBody } from './workflow-body';
import {
	createWorkflow,
	deleteWorkflow,
	getVersion,
	getWorkflow,
	listHistory,
	listWorkflows,
	publishWorkflow,
	setWorkflowTags,
	unpublishWorkflow,
	updateWorkflow,
} from './workflow-endpoints';

/** What an instance takes in changes with its version only. */
const apiFreshMs = 300_000;
const unpublishDeadlineMs = 30_000;
const pollMs = 100;

export class N8nDefinitions implements WorkflowDefinitions {
	private api: { value: EngineApi; at: number } | null = null;

	constructor(
		private readonly transport: N8nTransport,
		private readonly clock: Clock,
	) {}

	async list(): Promise<WorkflowSummary[]> {
		return (await listWorkflows(this.transport)).map(readSummary);
	}

	async listFull(): Promise<EngineWorkflow[]> {
		return (await listWorkflows(this.transport)).map(readWorkflow);
	}

	async get(id: string): Promise<EngineWorkflow> {
		return readWorkflow(await getWorkflow(this.transport, id));
	}

	async create(content: WorkflowContent): Promise<EngineWorkflow> {
		const created = readWorkflow(
			await createWorkflow(this.transport, createBody(content, await this.acceptedFields())),
		);
		const { description } = content;
		if (!description) return created;
		// POST takes no description. The rest goes back as n8n has completed it.
		return await this.saveDraft(created.id, { ...created.content, description });
	}

	async saveDraft(
		id: string,
		content: WorkflowContent,
		base?: Pick<EngineWorkflow, 'content'>,
	): Promise<EngineWorkflow> {
		const accepted = await this.acceptedFields();
		const current = base
			? base.content.settings
			: ((await getWorkflow(this.transport, id)).settings ?? {});
		const body = updateBody(content, current, accepted);
		return readWorkflow(await updateWorkflow(this.transport, id, body));
	}

	async publish(id: string, versionId: string): Promise<EngineWorkflow> {
		return readWorkflow(await publishWorkflow(this.transport, id, versionId));
	}

	async unpublish(id: string): Promise<void> {
		await unpublishWorkflow(this.transport, id);
	}

	async remove(id: string): Promise<void> {
		const deadline = this.clock.now().getTime() + unpublishDeadlineMs;
		for (;;) {
			try {
				await deleteWorkflow(this.transport, id);
				return;
			} catch (error) {
				if (!isOrchestrationError(error, 'engine_conflict')) throw error;
				// n8n says that it is unpublished before it is; only a published one stays in the way.
				const { live } = await this.get(id);
				if (live !== null || this.clock.now().getTime() > deadline) throw error;
			}
			await this.clock.sleep(pollMs);
		}
	}

	async setTags(id: string, tagIds: string[]): Promise<void> {
		await setWorkflowTags(this.transport, id, tagIds);
	}

	async history(id: string): Promise<WorkflowHistoryEntry[]> {
		return (await listHistory(this.transport, id)).map(({ versionId, authors, createdAt }) => ({
			versionId,
			authors: authors ?? '',
			createdAt,
		}));
	}

	async graphOf(id: string, versionId: string): Promise<WorkflowGraph> {
		return readGraph(await getVersion(this.transport, id, versionId));
	}

	async probeWebhook(webhook: { method: string; path: string }): Promise<boolean> {
		return await probeWebhook(this.transport, webhook);
	}

	async listCredentials(): Promise<EngineCredential[]> {
		return (await listCredentials(this.transport)).map(({ id, name, type, updatedAt }) => ({
			id,
			name,
			type,
			...(updatedAt ? { updatedAt: this.transport.instanceClock.toOurs(updatedAt) } : {}),
		}));
	}

	async testCredential(id: string): Promise<CredentialTest> {
		const { status, message } = await testCredential(this.transport, id);
		if (status === 'OK') return { result: 'ok' };
		const said = message ?? 'no message';
		// n8n has one status for both; only its words tell them apart.
		return /no testing function/i.test(said)
			? { result: 'untestable', message: said }
			: { result: 'failed', message: said };
	}

	async listDataTables(): Promise<Array<{ id: string; name: string }> | null> {
		return await listDataTables(this.transport);
	}

	async installedNodeTypes(): Promise<string[] | null> {
		return await installedNodeTypes(this.transport);
	}

	async describeApi(): Promise<EngineApi> {
		const value = await describeApi(this.transport);
		this.api = { value, at: this.clock.now().getTime() };
		return value;
	}

	private async acceptedFields(): Promise<EngineApi> {
		const fresh = this.api !== null && this.clock.now().getTime() - this.api.at < apiFreshMs;
		return fresh && this.api !== null ? this.api.value : await this.describeApi();
	}
}

import type { Clock } from '../../kernel/clock';
import { isOrchestrationError, OrchestrationError } from '../../kernel/errors';
import type { EngineMemory, WorkflowDefinitions } from '../engine';
import type { EngineLog } from './engine-log';
import { createCredential, deleteCredential } from './credential-endpoints';
import { loadRunner, saveRunner, type RunnerState } from './runner-memory';
import { isRunnerGraph, runnerKeyHeader, runnerName, runnerWorkflow } from './runner-workflow';
import type { N8nTransport } from './transport';

const registrationDeadlineMs = 30_000;
const pollMs = 100;

export interface RunnerInstallationOptions {
	transport: N8nTransport;
	definitions: WorkflowDefinitions;
	memory: EngineMemory;
	clock: Clock;
	/** Unguessable text, at least 32 characters. */
	newSecret: () => string;
	log: EngineLog;
}

/** Keeps one working runner workflow in an n8n instance. */
export class RunnerInstallation {
	private pending: Promise<RunnerState> | null = null;

	constructor(private readonly options: RunnerInstallationOptions) {}

	/** The runner, installed or repaired first where needed. */
	async ensure(): Promise<RunnerState> {
		this.pending ??= this.ensureOnce().finally(() => {
			this.pending = null;
		});
		return await this.pending;
	}

	/** Replaces a runner that n8n does not let us use, say because its credential was changed. */
	async replace(broken: RunnerState): Promise<RunnerState> {
		this.pending ??= this.install(broken).finally(() => {
			this.pending = null;
		});
		return await this.pending;
	}

	/** The runner as remembered, whether it works or not. */
	async known(): Promise<RunnerState | null> {
		return await loadRunner(this.options.memory);
	}

	/** Waits until its webhook answers. @throws engine_timeout */
	async untilRegistered(state: RunnerState): Promise<void> {
		const { clock, definitions, transport } = this.options;
		const deadline = clock.now().getTime() + registrationDeadlineMs;
		while (!(await definitions.probeWebhook({ method: 'POST', path: state.path }))) {
			if (clock.now().getTime() > deadline) {
				throw new OrchestrationError(
					'engine_timeout',
					`the workflow "${runnerName}" of environment "${transport.environment}" was published, ` +
						`but n8n did not register its webhook within ${registrationDeadlineMs} ms; look at ` +
						'it in the editor and at the log of n8n',
					{
						details: { environment: transport.environment, workflowId: state.workflowId },
					},
				);
			}
			await clock.sleep(pollMs);
		}
	}

	private async ensureOnce(): Promise<RunnerState> {
		const state = await this.known();
		if (state !== null && (await this.repair(state))) return state;
		return await this.install(state);
	}

	/** False when only a new one helps. */
	private async repair(state: RunnerState): Promise<boolean> {
		const { definitions, log, transport } = this.options;
		try {
			const workflow = await definitions.get(state.workflowId);
			if (workflow.live !== null && isRunnerGraph(workflow.live.graph, state)) return true;
			if (workflow.archived) return false;
			log.warn({ environment: transport.environment, ...idsOf(state) }, 'repairing the runner');
			const { draftVersionId } = await definitions.saveDraft(
				state.workflowId,
				runnerWorkflow(state),
			);
			await definitions.publish(state.workflowId, draftVersionId);
			await this.untilRegistered(state);
			return true;
		} catch (error) {
			if (isOrchestrationError(error, 'workflow_not_found', 'workflow_invalid')) return false;
			throw error;
		}
	}

	private async install(broken: RunnerState | null): Promise<RunnerState> {
		const { definitions, memory, log, transport } = this.options;
		const state = await this.create();
		// Another sidecar may have installed one meanwhile: there must be one runner only, or a run
		// of the one would not be found by the other.
		const before = await this.known();
		if (before !== null && before.workflowId !== broken?.workflowId) {
			await this.remove(state);
			return await this.ensureOnce();
		}
		await saveRunner(memory, state);
		await definitions.publish(
			state.workflowId,
			(await definitions.get(state.workflowId)).draftVersionId,
		);
		await this.untilRegistered(state);
		const after = await this.known();
		if (after !== null && after.workflowId !== state.workflowId) {
			await this.remove(state);
			return await this.ensureOnce();
		}
		if (broken !== null) await this.tidyUp(broken);
		log.info(
			{ environment: transport.environment, ...idsOf(state) },
			'installed the runner workflow',
		);
		return state;
	}

	private async create(): Promise<RunnerState> {
		const { definitions, transport, newSecret } = this.options;
		const secret = newSecret();
		const path = `orchestration-runner-${newSecret().slice(0, 16)}`;
		const { id: credentialId } = await createCredential(transport, {
			name: runnerName,
			type: 'httpHeaderAuth',
			data: { name: runnerKeyHeader, value: secret },
		});
		const content = runnerWorkflow({ path, credentialId });
		const { id: workflowId } = await definitions.create(content);
		return { workflowId, credentialId, path, secret };
	}

	/** What is left of a broken runner must not keep the new one from working. */
	private async tidyUp(broken: RunnerState): Promise<void> {
		try {
			await this.remove(broken);
		} catch (error) {
			if (!isOrchestrationError(error)) throw error;
			const { environment } = this.options.transport;
			this.options.log.warn(
				{ environment, ...idsOf(broken), code: error.code, reason: error.message },
				'could not remove the broken runner; remove it in n8n',
			);
		}
	}

	private async remove({ workflowId, credentialId }: RunnerState): Promise<void> {
		const { definitions, transport } = this.options;
		try {
			if ((await definitions.get(workflowId)).live !== null) {
				await definitions.unpublish(workflowId);
			}
			await definitions.remove(workflowId);
		} catch (error) {
			if (!isOrchestrationError(error, 'workflow_not_found')) throw error;
		}
		await deleteCredential(transport, credentialId);
	}
}

function idsOf({ workflowId, credentialId }: RunnerState): Record<string, string> {
	return { workflowId, credentialId };
}

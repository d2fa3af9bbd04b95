import { createRequire } from 'node:module';
import path from 'node:path';
import type * as n8nWorkflow from 'n8n-workflow';
import type {
	ILoadOptionsFunctions,
	INode,
	IRun,
	IRunExecutionData,
	IWorkflowExecuteAdditionalData,
	Workflow,
} from 'n8n-workflow';

import { ensureN8n } from '../n8n/install.cjs';

/** The part of n8n-core that tests use; it is not installed here, so its types are not either. */
export interface N8nCore {
	WorkflowExecute: new (
		additionalData: IWorkflowExecuteAdditionalData,
		mode: 'trigger',
		runExecutionData: IRunExecutionData,
	) => { processRunExecutionData(workflow: Workflow): Promise<IRun> & { cancel(): void } };
	ExecutionLifecycleHooks: new (
		mode: 'trigger',
		executionId: string,
		workflowData: object,
	) => object;
	LoadOptionsContext: new (
		workflow: Workflow,
		node: INode,
		additionalData: IWorkflowExecuteAdditionalData,
		path: string,
	) => ILoadOptionsFunctions;
}

export interface N8nInProcess {
	core: N8nCore;
	/** n8n's own copy, for what is given to n8n-core. */
	workflow: typeof n8nWorkflow;
}

/** Loads n8n's engine out of the n8n under test; installs that first where it is missing. */
export async function loadN8nCore(): Promise<N8nInProcess> {
	const { dir } = await ensureN8n();
	// Or it prints the stack of every error that a test provokes.
	process.env['N8N_LOG_LEVEL'] = 'silent';
	const load = createRequire(path.join(dir, 'package.json'));
	load('reflect-metadata');
	return {
		core: load('n8n-core') as N8nCore,
		workflow: load('n8n-workflow') as typeof n8nWorkflow,
	};
}

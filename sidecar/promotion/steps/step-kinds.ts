import type { StepAction } from '../promotion';
import { create } from './create';
import { publish, unpublish } from './publish';
import { record } from './record';
import { restage } from './restage';
import { seeLive } from './see-live';
import { stage } from './stage';
import type { StepKind } from './step-context';

export const stepKinds: Record<StepAction, StepKind> = {
	create,
	stage,
	publish,
	unpublish,
	'see-live': seeLive,
	restage,
	record,
};

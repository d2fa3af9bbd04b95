import type { Resource } from '../operation';
import { deadLetter } from './dead-letter';
import { promotion } from './promotion';
import { version } from './version';

export const resources: Record<string, Resource> = { deadLetter, promotion, version };

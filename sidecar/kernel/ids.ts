import { v7 as uuidv7 } from 'uuid';

/** Makes ids. They sort by time of creation (UUID version 7, RFC 9562), which keyset paging relies on. */
export type NewId = () => string;

export const newId: NewId = () => uuidv7();

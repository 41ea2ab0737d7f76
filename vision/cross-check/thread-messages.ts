/** What goes between the second opinion's owner and its thread. */
import type { GreyPage } from '../../ground/grey-page.js';
import type { SecondReading } from './reading.js';

export interface CrossCheckRequest {
  readonly id: number;
  readonly page: GreyPage;
}

export interface CrossCheckReply {
  readonly id: number;
  readonly reading: SecondReading;
}

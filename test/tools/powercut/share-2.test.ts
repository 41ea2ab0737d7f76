import { holdsUnderCuts } from './share.js';

holdsUnderCuts('share-2');

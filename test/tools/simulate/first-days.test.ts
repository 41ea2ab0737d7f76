import { testDays } from './days.js';

testDays(0, 25);

import { testDays } from './days.js';

testDays(25, 25);

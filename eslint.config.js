// One linter for the whole house. Beside the usual strictness it keeps the machine deterministic: the clock,
// timers and randomness come in through `firmware/runtime/ports.ts` and nowhere else.
import tseslint from 'typescript-eslint';

const portsOnly = 'comes in through a port: see firmware/runtime/ports.ts';
const bannedGlobals = ['Date', 'setTimeout', 'setInterval', 'setImmediate', 'performance', 'crypto'].map(
  (name) => ({
    name,
    message: `${name} ${portsOnly}`,
  }),
);
const bannedProperties = [
  { object: 'Math', property: 'random', message: `randomness ${portsOnly}` },
  { object: 'globalThis', property: 'crypto', message: `randomness ${portsOnly}` },
  { object: 'process', property: 'hrtime', message: `the clock ${portsOnly}` },
];
const bannedImports = {
  paths: [
    {
      name: 'node:crypto',
      importNames: ['randomBytes', 'randomInt', 'randomUUID', 'randomFillSync', 'randomFill', 'webcrypto'],
      message: `randomness ${portsOnly}`,
    },
    { name: 'node:timers', message: `timers ${portsOnly}` },
    { name: 'node:timers/promises', message: `timers ${portsOnly}` },
    { name: 'node:perf_hooks', message: `the clock ${portsOnly}` },
    { name: 'node:vm', message: 'nothing that comes in is executed' },
  ],
};

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'node_modules/'] },
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-restricted-globals': ['error', ...bannedGlobals],
      'no-restricted-properties': ['error', ...bannedProperties],
      'no-restricted-imports': ['error', bannedImports],
    },
  },
  {
    files: ['firmware/runtime/ports.ts'],
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-imports': 'off',
    },
  },
  {
    // Tests and benchmarks watch the machine from outside; they may look at the clock.
    files: ['test/**/*.ts', 'tools/benchmarks/**/*.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-imports': 'off' },
  },
);

import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name, so that the thing has one name everywhere.',
};

/** What makes TypeScript code safer here. Where the strict preset is tuned, the reason stands beside the rule. */
const rules = {
  eqeqeq: 'error',
  'no-restricted-syntax': ['error', noDefaultExport],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  // Numbers and booleans read well in messages; objects and undefined don't.
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  // `return apply(event);` ends a case of a switch where both functions are void.
  '@typescript-eslint/no-confusing-void-expression': [
    'error',
    { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
  ],
  // What was caught is passed on as it is.
  '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
  // `void (await work())` says that the value doesn't matter.
  '@typescript-eslint/no-meaningless-void-operator': 'off',
  // `const { left, ...kept } = all` leaves one out.
  '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
  // NestJS modules are classes with nothing but a decorator.
  '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
  // Fires on every options literal of NestJS.
  '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
  // An adapter that has its answer at once still keeps the port's promise with `async`.
  '@typescript-eslint/require-await': 'off',
};

/** Injected classes must stay value imports: NestJS reads them from the emitted decorator metadata. */
const decoratedFiles = ['libs/nestjs/src/**/*.ts', 'apps/server/src/**/*.ts', 'examples/src/**/*.ts'];
const testFiles = ['**/*.spec.ts', '**/*.contract.ts', 'test/**/*.ts'];

export default tseslint.config(
  { ignores: ['**/dist/', '**/coverage/', '**/reports/', '**/temp/', '**/.stryker-tmp/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules,
  },
  {
    files: decoratedFiles,
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    // Dependency-cruiser holds the same line for the whole tree; this shows it in the editor.
    files: ['libs/kernel/src/**/*.ts'],
    ignores: testFiles,
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^[^.]', message: 'The kernel is pure and imports nothing but its own files.' }] },
      ],
    },
  },
  {
    // Jest's asymmetric matchers are typed `any`, and matchers take methods unbound.
    files: testFiles,
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // Short tests return what they may, and print what they find.
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/no-unnecessary-type-arguments': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
);

// The direction of dependencies (docs/architecture.md). test/house/import-rules.int.spec.ts sees each rule fire.

const tests = '\\.(spec|contract)\\.ts$';
const ownPackages = '^(libs|apps|examples|bench|test)/';
const nest = '(^|/)node_modules/@nestjs/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Two files that need each other are one file, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that leads nowhere, or past the exports of its package, fails at run time.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'kernel-is-pure',
      comment: 'The kernel has no clock, no I/O and no other package: it imports its own files only.',
      severity: 'error',
      from: { path: '^libs/kernel/', pathNot: tests },
      to: { pathNot: '^libs/kernel/' },
    },
    {
      name: 'engine-needs-kernel-only',
      comment: 'The engine speaks to ports; adapters come to it from outside.',
      severity: 'error',
      from: { path: '^libs/engine/', pathNot: tests },
      to: { pathNot: '^libs/(kernel|engine)/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'adapters-need-ports-only',
      comment: 'An adapter knows the port that it implements, the kernel and its own driver.',
      severity: 'error',
      from: { path: '^libs/(store-[^/]+)/', pathNot: tests },
      to: { path: ownPackages, pathNot: '^libs/($1|engine|kernel)/' },
    },
    {
      name: 'no-nest-in-the-core',
      comment: 'The engine works without NestJS; libs/nestjs brings the two together.',
      severity: 'error',
      from: { path: '^libs/(kernel|engine|store-[^/]+|sdk)/' },
      to: { path: nest },
    },
    {
      name: 'libs-not-outwards',
      comment: 'Apps, examples and benchmarks use the libraries, never the other way round.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|examples|bench)/' },
    },
    {
      name: 'no-deep-imports',
      comment:
        'Another package is imported by its name, which leads to its index.ts: a path works here and breaks once ' +
        'published. The one exception: the contract suite of a port, which the specs of its adapters run.',
      severity: 'error',
      from: { path: '^(libs/[^/]+|apps/[^/]+|examples|bench)/' },
      to: {
        path: '^(libs/[^/]+|apps/[^/]+|examples|bench)/',
        pathNot: '^$1/|\\.contract\\.ts$',
        dependencyTypes: ['local'],
      },
    },
    {
      name: 'production-without-tests',
      comment: 'What is shipped never needs what tests it.',
      severity: 'error',
      from: { path: '^(libs|apps|examples)/', pathNot: `${tests}|^libs/testing/` },
      to: { path: `${tests}|^libs/testing/` },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(libs/[^/]+|apps/[^/]+|examples|bench)/dist/' },
    // Types are dependencies too: an interface of NestJS in the engine would bind it just as well.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@fermata/source', 'import', 'types', 'node', 'default'],
    },
  },
};

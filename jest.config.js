export default {
  testMatch: ['<rootDir>/{apps,libs,test,examples,bench}/**/*.spec.ts'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { swcrc: true }] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['@fermata/source', 'node', 'node-addons'] },
  coverageProvider: 'v8',
  // About 30 MB stay in a worker for each file that imports NestJS.
  workerIdleMemoryLimit: '512MB',
};

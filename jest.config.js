export default {
  testMatch: ['<rootDir>/{apps,libs,test,examples,bench}/**/*.spec.ts'],
  modulePathIgnorePatterns: ['/dist/'],
  // They need a server: jest.eventstoredb.config.js.
  testPathIgnorePatterns: ['/node_modules/', '\\.eventstoredb\\.spec\\.ts$'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { swcrc: true }] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['@fermata/source', 'node', 'node-addons'] },
  coverageProvider: 'v8',
  // About 30 MB stay in a worker for each file that imports NestJS.
  workerIdleMemoryLimit: '512MB',
};

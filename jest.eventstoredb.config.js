import base from './jest.config.js';

// The tests against a running EventStoreDB: `npm run test:eventstoredb`.
export default {
  ...base,
  testMatch: ['<rootDir>/libs/**/*.eventstoredb.spec.ts', '<rootDir>/test/conformance/*.int.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
};

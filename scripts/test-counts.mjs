// Prints `N passed, N failed` from the JSON report that Jest wrote to the file named by the first argument.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
// A spec file that doesn't load runs no test, and is a failure all the same.
const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
console.log(`${report.numPassedTests} passed, ${failed} failed`);

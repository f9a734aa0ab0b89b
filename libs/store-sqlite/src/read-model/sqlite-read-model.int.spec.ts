import { describeReadModel } from '@fermata/engine/read-model.contract';
import { openSqliteReadModel } from './sqlite-read-model.js';

describeReadModel('SQLite in memory', () => openSqliteReadModel({ file: ':memory:' }));

import { DataSource } from 'typeorm';

/** The read replica: the same schema, another host. */
export class ReportingDatabase extends DataSource {}

export type Reporting = ReportingDatabase;

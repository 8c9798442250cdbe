import { DataSource } from 'typeorm';

export class Database extends DataSource {}

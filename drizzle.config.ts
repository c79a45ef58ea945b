import { defineConfig } from 'drizzle-kit';

export default defineConfig({ dialect: 'mysql', schema: './src/adapters/db/schema*.ts', out: './migrations' });

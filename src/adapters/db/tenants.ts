import { and, asc, count, eq, exists, gt, inArray, like, max, ne, or, type SQL, sql } from 'drizzle-orm';
import { Conflict, NotFound } from '../../domain/errors.ts';
import type { TenantFilter, TenantRow, Tenants } from '../../domain/ports-records.ts';
import type { Clock } from '../../domain/ports-world.ts';
import type { Installation } from '../../domain/tenant.ts';
import type { KodeTenant, KodeWilayah, Scope } from '../../domain/wilayah.ts';
import { type Database, isDuplicate, tellUnavailable } from './client.ts';
import { installations, tenants } from './schema.ts';

export function createTenants(db: Database, clock: Clock): Tenants {
  const withInstallations = async (rows: readonly (typeof tenants.$inferSelect)[]): Promise<TenantRow[]> => {
    if (rows.length === 0) return [];
    const found = await db
      .select()
      .from(installations)
      .where(
        inArray(
          installations.kode,
          rows.map((row) => row.kode),
        ),
      )
      .orderBy(asc(installations.app));
    const byKode = Map.groupBy(found, ({ kode }) => kode);
    return rows.map((row) => ({ ...row, installations: byKode.get(row.kode) ?? [] }));
  };
  const findAll = async (kodes: readonly KodeTenant[]): Promise<TenantRow[]> => {
    if (kodes.length === 0) return [];
    const rows = await db
      .select({ tenant: tenants, installation: installations })
      .from(tenants)
      .leftJoin(installations, eq(installations.kode, tenants.kode))
      .where(inArray(tenants.kode, [...kodes]))
      .orderBy(asc(tenants.kode), asc(installations.app));
    return [...Map.groupBy(rows, ({ tenant }) => tenant.kode).values()].flatMap(([first, ...more]) =>
      first === undefined ? [] : [{ ...first.tenant, installations: [first, ...more].flatMap(({ installation }) => installation ?? []) }],
    );
  };
  const installation = async (id: string): Promise<Installation | null> => {
    const [row] = await db.select().from(installations).where(eq(installations.id, id));
    return row ?? null;
  };

  return tellUnavailable<Tenants>({
    installation,
    findAll,

    async running(within) {
      const { id, kode, app, tag } = installations;
      const rows = await db
        .select({ id, kode, app, tag, nama: tenants.nama })
        .from(installations)
        .innerJoin(tenants, eq(tenants.kode, kode))
        .where(and(eq(installations.state, 'active'), below(within)))
        .orderBy(asc(kode), asc(app));
      return rows.flatMap((row) => (row.tag === null ? [] : [{ ...row, tag: row.tag }]));
    },

    async versions(within) {
      const { kode, version, state } = installations;
      const rows = await db
        .selectDistinct({ version })
        .from(installations)
        .innerJoin(tenants, eq(tenants.kode, kode))
        .where(and(eq(state, 'active'), ofScopes(['desa']), below(within)));
      return rows.flatMap((row) => row.version ?? []);
    },

    async create(tenant, actor) {
      try {
        await db.insert(tenants).values({ ...tenant, createdAt: clock.now(), createdBy: actor.username });
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        const [same] = await db.select({ kode: tenants.kode }).from(tenants).where(eq(tenants.kode, tenant.kode));
        if (same !== undefined)
          throw new Conflict('desa-sudah-ada', `Desa ${tenant.nama} (${tenant.kode}) sudah terdaftar.`, { cause: error });
        throw new Conflict('domain-terpakai', `Domain ${tenant.domain} sudah dipakai desa lain.`, { cause: error, field: 'domain' });
      }
    },

    async find(kode) {
      const [row] = await findAll([kode]);
      return row ?? null;
    },

    async list(filter) {
      const after = filter.after === undefined ? undefined : gt(tenants.kode, asKode(filter.after));
      const rows = await db
        .select()
        .from(tenants)
        .where(and(matching(db, filter), after))
        .orderBy(asc(tenants.kode))
        .limit(filter.limit + 1);
      const page = await withInstallations(rows.slice(0, filter.limit));
      return { rows: page, next: rows.length > filter.limit ? (page.at(-1)?.kode ?? null) : null };
    },

    async count(filter) {
      const [row] = await db.select({ n: count() }).from(tenants).where(matching(db, filter));
      return row?.n ?? 0;
    },

    async kecamatan(within) {
      const rows = await db
        .select({ kode: tenants.kodeKecamatan, nama: max(tenants.namaKecamatan).mapWith(String), desa: count() })
        .from(tenants)
        .where(and(ofScopes(['desa']), below(within)))
        .groupBy(tenants.kodeKecamatan)
        .orderBy(asc(max(tenants.namaKecamatan)), asc(tenants.kodeKecamatan));
      return rows.flatMap(({ kode, ...row }) => (kode === null ? [] : [{ kode, ...row }]));
    },

    async ensureInstallation(kode, app, id) {
      await db.insert(installations).ignore().values({ id, kode, app, state: 'absent', settings: {}, updatedAt: clock.now() });
      const [row] = await db
        .select()
        .from(installations)
        .where(and(eq(installations.kode, kode), eq(installations.app, app)));
      if (row === undefined) throw new NotFound('desa-tidak-ada', `Desa ${kode} belum terdaftar.`);
      return row;
    },

    async saveInstallation(id, change) {
      await db
        .update(installations)
        .set({ ...change, updatedAt: clock.now() })
        .where(eq(installations.id, id));
    },
  });
}

function matching(db: Database, filter: Omit<TenantFilter, 'after' | 'limit'>): SQL | undefined {
  const conditions: (SQL | undefined)[] = [];
  const search = filter.search?.trim();
  if (search) {
    const text = search.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`);
    conditions.push(or(like(tenants.nama, `%${text}%`), like(tenants.kode, `${text}%`), like(tenants.domain, `%${text}%`)));
  }
  if (filter.kodeKecamatan !== undefined) conditions.push(eq(tenants.kodeKecamatan, filter.kodeKecamatan));
  conditions.push(below(filter.within), ofScopes(filter.scopes ?? ['desa']));
  if (filter.app !== undefined || filter.state !== undefined) {
    conditions.push(
      exists(
        db
          .select({ id: installations.id })
          .from(installations)
          .where(
            and(
              eq(installations.kode, tenants.kode),
              filter.app === undefined ? undefined : eq(installations.app, filter.app),
              filter.state === undefined ? ne(installations.state, 'absent') : eq(installations.state, filter.state),
            ),
          ),
      ),
    );
  }
  return and(...conditions);
}

const KODE_LENGTHS: Readonly<Record<Scope, number>> = { desa: 13, kecamatan: 8, kabupaten: 5 };

function ofScopes(scopes: readonly Scope[]): SQL {
  return inArray(
    sql<number>`char_length(${tenants.kode})`,
    scopes.map((scope) => KODE_LENGTHS[scope]),
  );
}

function below(within: KodeWilayah | null | undefined): SQL | undefined {
  return within ? like(tenants.kode, `${within}%`) : undefined;
}

/** A cursor is only compared, so any text will do. */
function asKode(text: string): KodeTenant {
  const isKode = (value: string): value is KodeTenant => value.length <= 13;
  if (isKode(text)) return text;
  throw new NotFound('halaman-tidak-ada', 'Penanda halaman tidak dikenal.');
}

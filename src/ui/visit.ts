import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../domain/access.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { Secret } from '../domain/secret.ts';
import type { HashPassword } from '../workflows/commands/users.ts';
import type { Html } from './html.ts';
import type { Input } from './input.ts';
import type { Section } from './navigation.ts';
import type { Zone } from './present.ts';

/** One request of somebody who is signed in, as the pages see it. */
export interface Visit {
  readonly tools: Toolbox;
  readonly actor: Actor;
  /** Of this browser; '' on a page that was refused. */
  readonly sessionId: string;
  readonly zone: Zone;
  readonly now: Date;
  /** Goes into every form. */
  readonly csrf: string;
  /** What this person chose to see, by name: see ports-people.ts. */
  readonly preferences: Readonly<Record<string, string>>;
  /** How passwords are kept belongs to those who check them. */
  readonly hashPassword: HashPassword;
  /** Of who is signed in. @throws PendopoError for a wrong one */
  readonly requirePassword: (password: Secret) => Promise<void>;
  readonly params: Input;
  readonly query: Input;
  readonly form: Input;
  /** True when htmx asks for a part of a page. */
  readonly wantsFragment: boolean;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** A message above a page: what a form post led to, or why it did not. */
export interface Notice {
  readonly tone: 'baik' | 'buruk' | 'info';
  readonly text: string;
  readonly advice?: string | null;
}

export interface Page {
  readonly kind: 'page';
  readonly status?: number;
  readonly title: string;
  readonly section: Section;
  readonly body: Html;
  readonly notice?: Notice | null;
  /** Without JavaScript the page reloads itself this often. */
  readonly refreshSeconds?: number;
}

export interface SentFile {
  readonly kind: 'file';
  /** Without quotes: it goes into a header. */
  readonly name: string;
  readonly type: string;
  /** null: nobody knows before it has been sent. */
  readonly bytes: number | null;
  readonly content: Readable;
}

export type Answer =
  | Page
  | SentFile
  | { readonly kind: 'fragment'; readonly status?: number; readonly body: Html }
  | { readonly kind: 'redirect'; readonly to: string };

export type Handle = (visit: Visit) => Promise<Answer>;

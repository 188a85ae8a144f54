import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isPort } from '../address/port.ts';
import type { PageData } from '../report/page.ts';
import { embedData } from '../report/page.ts';
import { problemTables } from '../report/problems.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { refuse } from '../session/refuse.ts';
import { want } from '../text/expected.ts';
import { InputError, tellProblem } from '../text/problem.ts';
import type { Answer } from './answer.ts';
import type { Io } from './io.ts';
import { declarePageInput, type PageFlags, readPageInput } from './page-input.ts';
import { pageTemplate } from './page-template.ts';
import type { Subcommand } from './run.ts';
import { watchFiles } from './watch.ts';

interface ServeFlags extends PageFlags {
  readonly port: string;
}

export const serveCommand: Subcommand = {
  declare(command, io, answer) {
    declarePageInput(command)
      .option('--port <number>', 'the port on 127.0.0.1; 0: any that is free', '7080')
      .action((files: string[], flags: ServeFlags) => answer(() => serveAnswer(io, files, flags)));
  },
};

/** Where the page is told that a file has changed. */
const events = '/events';

async function serveAnswer(io: Io, files: readonly string[], flags: ServeFlags): Promise<Answer> {
  const port = Number(flags.port);
  if (port !== 0 && !isPort(port))
    refuse<CommandDetail>({ code: 'no-port', text: flags.port }, want.range(0, 65535));
  const site = new Site(io, files, flags);
  site.read();
  const server = createServer((request, response) => site.answer(request, response));
  await listen(server, port);
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  site.port = bound;
  io.err(`http://127.0.0.1:${bound}/ shows ${site.title}; Ctrl-C ends it\n`);
  const stop = await watchFiles(site.watched, () => site.reload());
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  await stop();
  site.close();
  server.closeAllConnections();
  server.close();
  return { status: 0, output: '' };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const message = error.code === 'EADDRINUSE' ? `port ${port} is taken` : error.message;
      const expected = want.thing('another-port-flag');
      reject(new InputError([{ code: 'flag-value', severity: 'error', message, expected }]));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/** What is served: one page, made anew whenever a file has changed, and an event for those who look at it. */
class Site {
  port = 0;
  title = '';
  watched: readonly string[] = [];
  private readonly io: Io;
  private readonly files: readonly string[];
  private readonly flags: PageFlags;
  private readonly template = pageTemplate();
  private readonly viewers = new Set<ServerResponse>();
  private page = '';

  constructor(io: Io, files: readonly string[], flags: PageFlags) {
    this.io = io;
    this.files = files;
    this.flags = flags;
  }

  /** Throws an InputError where the files cannot be shown; what was shown before stays. */
  read(): void {
    const read: string[] = [];
    const io: Io = {
      ...this.io,
      read: (path) => {
        read.push(path);
        return this.io.read(path);
      },
    };
    const { data } = readPageInput(io, this.files, this.flags, events);
    this.show(data);
    this.watched = [...new Set([...this.files, ...read])].filter((path) => path !== '-');
  }

  private show(data: PageData): void {
    this.title = data.title;
    this.page = embedData(this.template, data);
  }

  /** With what is wrong in a file, the page that was right goes on being served, and the terminal tells what is wrong. */
  reload(): void {
    try {
      this.read();
    } catch (error) {
      // What nobody foresaw must not end the server, either.
      const said =
        error instanceof InputError
          ? error.problems
              .map((problem) => tellProblem(problem, problemTables[this.io.language ?? 'en']))
              .join('\n')
          : String(error);
      this.io.err(`${said}\n`);
      return;
    }
    for (const viewer of this.viewers) viewer.write('data: changed\n\n');
  }

  close(): void {
    for (const viewer of this.viewers) viewer.end();
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const refusal = this.refusalOf(request);
    const path = request.url?.split('?')[0];
    if (refusal) {
      response.writeHead(refusal.status, { ...safeHeaders, 'Content-Type': 'text/plain; charset=utf-8' });
      response.end(`${refusal.reason}\n`);
    } else if (path === events && request.method === 'GET') this.follow(response);
    else {
      response.writeHead(200, { ...safeHeaders, 'Content-Type': 'text/html; charset=utf-8' });
      response.end(request.method === 'HEAD' ? undefined : this.page);
    }
  }

  private refusalOf({ method = '', url = '', headers }: IncomingMessage): Refusal | undefined {
    // A name that somebody else lets point here would let his pages read this one.
    const own = [`127.0.0.1:${this.port}`, `localhost:${this.port}`];
    if (!own.includes(headers.host ?? '')) return { status: 421, reason: 'This is 127.0.0.1 alone.' };
    if (!['GET', 'HEAD'].includes(method)) return { status: 405, reason: 'Only to be read.' };
    if (!['/', events].includes(url.split('?')[0] ?? '')) {
      return { status: 404, reason: 'There is one page: /' };
    }
    return undefined;
  }

  private follow(response: ServerResponse): void {
    response.writeHead(200, { ...safeHeaders, 'Content-Type': 'text/event-stream' });
    response.write(':\n\n');
    this.viewers.add(response);
    response.on('close', () => this.viewers.delete(response));
  }
}

/** What the page may load, it says itself; these hold for it and for everything else. */
const safeHeaders = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Content-Security-Policy': "frame-ancestors 'none'",
} as const;

// Who may import whom. A rule that is only written gets broken in the third month; a checked one can be trusted when
// reading. scripts/boundaries.test.mjs shows that each of these can fail.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** What plans: it may read files and what it is given. */
const planning =
  '^server/(manifest/resolve|backends/[^/]+/plan|backends/base-plan|providers/[^/]+/plan|sidecars/[^/]+/plan)\\.ts$'
/** Modules that act on the world outside: processes, network, the engine, the database. */
const acting =
  '^(node:)?(child_process|cluster|dgram|dns|dns/promises|http|http2|https|net|tls|undici|worker_threads)$|node_modules/(dockerode|docker-modem|execa|undici|ws|@lydell/node-pty|@libsql/client)/'
/** Calls by which a file acts although it imports nothing that says so, or only node:fs. */
const actingCalls =
  /\b(fetch|writeFile|writeFileSync|appendFile|appendFileSync|mkdir|mkdirSync|mkdtemp|rm|rmSync|unlink|unlinkSync|rename|renameSync|copyFile|cp|chmod|createWriteStream|symlink)\(/

const tests = '\\.test\\.tsx?$'
const testing = '^server/.*testing/'

/** @returns {import('dependency-cruiser').IForbiddenRuleType} */
const rule = (
  /** @type {string} */ name,
  /** @type {string} */ comment,
  /** @type {any} */ from,
  /** @type {any} */ to,
) => ({ name, comment, severity: 'error', from, to })

/** A room of the server, and the only other rooms and files of the server that it may import. */
const room = (
  /** @type {string} */ name,
  /** @type {string} */ comment,
  /** @type {string} */ from,
  /** @type {readonly string[]} */ mayImport,
) =>
  rule(
    name,
    comment,
    { path: from, pathNot: [tests, testing] },
    { path: '^(server|app|prisma)/', pathNot: [from, ...mayImport] },
  )

const contract = '^server/contract/'
const errors = '^server/errors\\.ts$'
const lib = '^server/lib/'
const tables = '^prisma/generated/'

/** @returns {import('dependency-cruiser').IConfiguration} */
export const boundaries = (/** @type {string} */ root) => ({
  forbidden: [
    rule(
      'no-cycles',
      'Two files that need each other are one file, or three.',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    rule('everything-resolves', 'An import that leads nowhere fails only when it runs.', {}, { couldNotResolve: true }),

    rule(
      'planning-touches-nothing',
      'Nothing is built, started, contacted or written before the operator confirmed: planning cannot even reach code that does, also by way of others.',
      { path: planning, pathNot: tests },
      { path: [acting, ...filesThatAct(root)], reachable: true },
    ),
    rule(
      'pages-see-only-the-contract',
      'Next bundles pages apart: a module of the server imported there would exist twice.',
      { path: '^app/' },
      { path: '^(server|prisma|docker)/', pathNot: ['^server/contract/', '^server/trpc/router\\.ts$'] },
    ),
    rule(
      'pages-know-procedures-as-types',
      'The router is imported for its type alone.',
      { path: '^app/' },
      { path: '^server/trpc/router\\.ts$', dependencyTypesNot: ['type-only'] },
    ),
    rule('server-knows-no-page', 'The server works without a page.', { path: '^server/' }, { path: '^app/' }),

    room('contract-knows-nobody', 'Types and schemas, no behaviour.', '^server/contract/', []),
    room('lib-knows-nobody', 'What knows this project is no library.', '^server/lib/', []),
    room('manifest-knows-files-only', 'Station 1.', '^server/manifest/', [contract, errors, lib]),
    room('providers-know-no-backend', 'The same agent program runs in every backend.', '^server/providers/', [
      contract,
      errors,
      lib,
      '^server/bottles/(backend|steps)\\.ts$',
    ]),
    // Providers, because they know where a host's login is kept, which egress is to hold.
    room('sidecars-know-no-backend', 'The same bundle stands beside every backend.', '^server/sidecars/', [
      contract,
      errors,
      lib,
      '^server/providers/',
    ]),
    rule(
      'the-bundle-is-met-in-one-room',
      'What runs in the bundle is a program of its own: the server shares its types, and two of its pure parts.',
      { path: '^(server|app)/', pathNot: ['^server/sidecars/', tests, testing] },
      { path: '^docker/', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'sidecars-take-pure-parts-of-the-bundle',
      'The schema of the table and the minting of an authority: what writes and what reads cannot disagree.',
      { path: '^server/sidecars/', pathNot: tests },
      { path: '^docker/', pathNot: '^docker/bundle/egress/(table|leaf-issuer)\\.ts$' },
    ),
    room('network-knows-no-backend', 'The live boundary: routes, audit, freeze.', '^server/network/', [
      contract,
      errors,
      lib,
      '^server/logger\\.ts$',
      '^server/events/',
      '^server/manifest/(edit|parse)/',
      '^server/sidecars/egress/',
      '^server/bottles/(backend|networks|registry|state-folder)\\.ts$',
    ]),
    room('events-know-no-bottle', 'Station 4: append, number, store, follow.', '^server/events/', [
      contract,
      errors,
      lib,
      '^server/db\\.ts$',
      tables,
    ]),
    rule(
      'bottles-know-no-backend',
      'What launches and stops bottles knows backends by their interface.',
      { path: '^server/bottles/', pathNot: tests },
      { path: '^server/(backends|terminal|trpc|http|system)/|^server/(main|runtime|guard)\\.ts$' },
    ),
    rule(
      'backends-do-not-know-who-asks',
      'A backend is told what to do; it asks nobody.',
      { path: '^server/backends/', pathNot: tests },
      {
        path: '^server/(events|shares|terminal|trpc|http|system)/|^server/(main|runtime|guard|db|env)\\.ts$|^server/bottles/(service|registry|reconcile|pending-plans)\\.ts$',
        // Cuts what docker prints into lines: a tool, not the log.
        pathNot: '^server/events/line-batcher\\.ts$',
      },
    ),
    rule(
      'backends-have-one-door',
      'Outside its folder a backend is its index.ts.',
      { path: '^server/', pathNot: ['^server/backends/', tests, testing] },
      { path: '^server/backends/[^/]+/(?!index\\.ts$)' },
    ),
    rule(
      'backends-know-not-each-other',
      'A second backend shows whether the interface was an idea.',
      { path: '^server/backends/([^/]+)/', pathNot: tests },
      { path: '^server/backends/[^/]+/', pathNot: '^server/backends/$1/' },
    ),
    rule(
      'docker-is-spoken-in-one-folder',
      'Whoever wants something of the engine asks that room; its types travel.',
      { path: '^(server|app)/', pathNot: ['^server/engine/', tests, testing] },
      { path: 'node_modules/(dockerode|docker-modem)/', dependencyTypesNot: ['type-only'] },
    ),
    room('engine-knows-no-backend', 'One way to the Docker engine, for every backend.', '^server/engine/', [
      contract,
      errors,
      lib,
      '^server/bottles/(backend|machine-facts)\\.ts$',
    ]),
    room('images-know-the-engine', 'The same images, whatever runs them.', '^server/images/', [
      contract,
      errors,
      lib,
      '^server/engine/',
      '^server/providers/base-image\\.ts$',
      '^server/bottles/step-output\\.ts$',
    ]),
    room('guest-knows-no-engine', 'What is put into a guest, whatever isolates it.', '^server/guest/', [
      contract,
      errors,
      lib,
      '^server/providers/',
      '^server/bottles/step-output\\.ts$',
    ]),
    room('bundle-knows-no-backend', 'The container beside every bottle, and what it proves.', '^server/bundle/', [
      contract,
      errors,
      lib,
      '^server/(engine|images|guest|probe|sidecars)/',
      '^server/bottles/(backend|steps|step-output)\\.ts$',
    ]),
    rule(
      'what-acts-is-asked-through-a-backend',
      'Nobody else starts a container, builds an image or writes into a guest.',
      { path: '^server/', pathNot: ['^server/(backends|engine|images|guest|bundle)/', tests, testing] },
      { path: '^server/(engine|images|guest|bundle)/' },
    ),
    rule(
      'the-database-has-few-doors',
      'Tables are read and written beside their meaning.',
      { path: '^server/', pathNot: ['^server/(events|shares|bottles)/', '^server/db\\.ts$', tests, testing] },
      { path: tables, dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'only-the-runtime-knows-all',
      'Services are given what they need; nobody reaches for the whole.',
      { path: '^server/', pathNot: ['^server/main\\.ts$', tests, testing] },
      { path: '^server/(runtime|main)\\.ts$', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'bundle-knows-the-contract-only',
      'It runs beside the agent, in an image of its own: what it shares with us is data.',
      { path: '^docker/bundle/', pathNot: [tests, '/testing/'] },
      { path: '^(server|app|prisma)/', pathNot: contract },
    ),
    rule(
      'product-knows-no-test',
      'What runs at the operator’s imports no test, fake, bench or script.',
      { path: '^(server|app)/', pathNot: [tests, testing] },
      { path: ['^(e2e|bench|scripts)/', testing, tests] },
    ),
    rule(
      'product-runs-without-development-packages',
      'Types may come from them, code may not.',
      { path: '^(server|app)/', pathNot: [tests, testing] },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
  ],
  options: {
    tsConfig: { fileName: path.join(root, 'tsconfig.json') },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(\\.next[^/]*|dist|test-results)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
})

/** Files of the server in which something is fetched or written, as patterns. */
function filesThatAct(/** @type {string} */ root) {
  return readdirSync(path.join(root, 'server'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .filter((file) => actingCalls.test(readFileSync(path.join(root, 'server', file), 'utf8')))
    .map((file) => `^server/${file.replaceAll('.', '\\.')}$`)
}

export default boundaries(process.cwd())

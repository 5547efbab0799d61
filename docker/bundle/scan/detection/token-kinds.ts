import { checksum16, checksum62 } from './checksum.ts'
import type { Make } from './dice.ts'
import { KEY_KINDS } from './key-kinds.ts'

const checked =
  (prefix: string): Make =>
  (dice) => {
    const body = dice.alnum(30)
    return prefix + body + checksum62(body)
  }
const cloudflare =
  (prefix: string): Make =>
  (dice) => {
    const body = dice.alnum(40)
    return prefix + body + checksum16(body)
  }

/** Makers by the id of the shape that is to find what they make; those of one id differ in how they begin. */
export const TOKEN_KINDS: Readonly<Record<string, readonly Make[]>> = {
  'anthropic-key': [
    (d) => `sk-ant-api03-${d.word(93)}AA`,
    (d) => `sk-ant-admin01-${d.word(93)}AA`,
    (d) => `sk-ant-oat01-${d.word(95)}`,
  ],
  'openai-project-key': [(d) => `sk-proj-${d.word(74)}T3BlbkFJ${d.word(74)}`],
  'openai-service-key': [(d) => `sk-svcacct-${d.word(58)}T3BlbkFJ${d.word(58)}`],
  'openai-admin-key': [(d) => `sk-admin-${d.word(74)}T3BlbkFJ${d.word(74)}`],
  'openai-key': [(d) => `sk-${d.alnum(20)}T3BlbkFJ${d.alnum(20)}`],
  'deepseek-key': [(d) => `sk-${d.hex(32)}`],
  'openrouter-key': [(d) => `sk-or-v1-${d.hex(64)}`],
  'groq-key': [(d) => `gsk_${d.alnum(52)}`],
  'xai-key': [(d) => `xai-${d.alnum(80)}`],
  'perplexity-key': [(d) => `pplx-${d.alnum(48)}`],
  'replicate-token': [(d) => `r8_${d.alnum(37)}`],
  'nvidia-key': [(d) => `nvapi-${d.word(64)}`],
  'elevenlabs-key': [(d) => `sk_${d.hex(48)}`],
  'tavily-key': [(d) => `tvly-dev-${d.alnum(32)}`],
  'pinecone-key': [(d) => `pcsk_${d.alnum(6)}_${d.alnum(63)}`],
  'langsmith-key': [(d) => `lsv2_pt_${d.hex(32)}_${d.hex(10)}`, (d) => `lsv2_sk_${d.hex(32)}_${d.hex(10)}`],
  'huggingface-token': [(d) => `hf_${d.letters(34)}`, (d) => `api_org_${d.letters(34)}`],
  'bedrock-key': [
    (d) => `ABSK${Buffer.from(`BedrockAPIKey-${d.small(4)}-at-${d.digits(12)}:${d.base64(60)}`).toString('base64')}`,
    (d) =>
      `bedrock-api-key-${Buffer.from(`bedrock.amazonaws.com/?Action=CallWithBearerToken&${d.alnum(90)}`).toString('base64')}`,
  ],
  'github-token': [checked('ghp_')],
  'github-oauth': [checked('gho_')],
  'github-user': [checked('ghu_')],
  'github-server': [checked('ghs_'), (d) => `ghs_${d.digits(7)}_${d.jwt()}`],
  'github-refresh': [(d) => `ghr_${d.alnum(76)}`],
  'github-fine-grained': [(d) => `github_pat_${d.alnum(22)}_${d.alnum(59)}`],
  'gitlab-token': [(d) => `glpat-${d.word(20)}`, (d) => `glpat-${d.word(27)}.01.${d.small(9)}`],
  'gitlab-deploy': [(d) => `gldt-${d.word(20)}`],
  'gitlab-runner': [(d) => `glrt-${d.word(20)}`, (d) => `GR1348941${d.word(20)}`],
  'gitlab-job': [(d) => `glcbt-${d.alnum(2)}_${d.word(20)}`],
  'gitlab-trigger': [(d) => `glptt-${d.hex(40)}`],
  'gitlab-agent': [(d) => `glagent-${d.word(50)}`],
  'gitlab-oauth-secret': [(d) => `gloas-${d.hex(64)}`],
  'gitlab-feed': [
    (d) => `glft-${d.word(20)}`,
    (d) => `glsoat-${d.word(20)}`,
    (d) => `glffct-${d.word(20)}`,
    (d) => `glimt-${d.word(25)}`,
  ],
  'bitbucket-token': [(d) => `ATBB${d.alnum(24)}${d.hex(8).toUpperCase()}`],
  'atlassian-token': [
    (d) => `ATATT3${d.word(177)}=${d.hex(8).toUpperCase()}`,
    (d) => `ATCTT3${d.word(177)}=${d.hex(8).toUpperCase()}`,
  ],
  'npm-token': [checked('npm_')],
  'npmrc-auth': [(d) => `//registry.example.com/:_authToken=${d.uuid()}`],
  'pypi-token': [(d) => `pypi-AgEIcHlwaS5vcmc${d.word(157)}`, (d) => `pypi-AgENdGVzdC5weXBpLm9yZ${d.word(150)}`],
  'rubygems-key': [(d) => `rubygems_${d.hex(48)}`],
  'nuget-key': [(d) => `oy2${d.small(43)}`],
  'clojars-token': [(d) => `CLOJARS_${d.small(60)}`],
  'docker-token': [(d) => `dckr_pat_${d.word(27)}`, (d) => `dckr_oat_${d.word(32)}`],
  'artifactory-key': [(d) => `AKCp${d.alnum(69)}`, (d) => `cmVmd${d.alnum(59)}`],
  'circleci-token': [(d) => `CCIPAT_${d.alnum(22)}_${d.hex(40)}`, (d) => `CCIPRJ_${d.alnum(22)}_${d.hex(40)}`],
  'buildkite-token': [(d) => `bkua_${d.hex(40)}`],
  'sonar-token': [(d) => `squ_${d.hex(40)}`, (d) => `sqp_${d.hex(40)}`, (d) => `sqa_${d.hex(40)}`],
  'sourcegraph-token': [(d) => `sgp_${d.hex(16)}_${d.hex(40)}`],
  'postman-key': [(d) => `PMAK-${d.hex(24)}-${d.hex(34)}`],
  'figma-token': [(d) => `figd_${d.word(40)}`],
  'linear-key': [(d) => `lin_api_${d.alnum(40)}`, (d) => `lin_oauth_${d.hex(64)}`],
  'notion-token': [(d) => `ntn_${d.digits(11)}${d.alnum(35)}`, (d) => `secret_${d.alnum(43)}`],
  'sentry-token': [
    (d) => `sntryu_${d.hex(64)}`,
    (d) => `sntrya_${d.hex(64)}`,
    (d) =>
      `sntrys_${Buffer.from(JSON.stringify({ iat: 1.7e9, url: null, region_url: 'https://us.sentry.io', org: d.small(8) })).toString('base64')}_${d.base64(43)}`,
  ],
  'cloudflare-token': [cloudflare('cfk_'), cloudflare('cfut_'), cloudflare('cfat_')],
  'cloudflare-origin-key': [(d) => `v1.0-${d.hex(24)}-${d.hex(146)}`],
  ...KEY_KINDS,
}

import { A, B, H, type Shape, shape, shapes, W } from './shape.ts'

/** Keys of those who sell the work of models: what an agent is most likely to hold. */
export const MODEL_SHAPES: readonly Shape[] = [
  shape('anthropic-key', 'sk-ant-', `[a-z]{2,8}\\d{2}-${W}{40,200}`),
  shape('openai-project-key', 'sk-proj-', `${W}{40,200}`),
  shape('openai-service-key', 'sk-svcacct-', `${W}{40,200}`),
  shape('openai-admin-key', 'sk-admin-', `${W}{40,200}`),
  shape('openai-key', 'sk-', `${A}{20}T3BlbkFJ${A}{20}`),
  shape('deepseek-key', 'sk-', `${H}{32}`),
  shape('openrouter-key', 'sk-or-v1-', `${H}{64}`),
  shape('groq-key', 'gsk_', `${A}{48,56}`),
  shape('xai-key', 'xai-', `${A}{70,100}`),
  shape('perplexity-key', 'pplx-', `${A}{48,56}`),
  shape('replicate-token', 'r8_', `${A}{37,40}`),
  shape('nvidia-key', 'nvapi-', `${W}{60,80}`),
  shape('elevenlabs-key', 'sk_', `${H}{48}`),
  shape('tavily-key', 'tvly-', `(?:dev-|prod-)?${A}{32}`),
  shape('pinecone-key', 'pcsk_', `${A}{5,6}_${A}{60,70}`),
  ...shapes('langsmith-key', ['lsv2_pt_', 'lsv2_sk_'], `${H}{32}_${H}{10}`),
  shape('huggingface-token', 'hf_', `${A}{34,40}`),
  shape('huggingface-token', 'api_org_', '[A-Za-z]{34}'),
  // Begin with «BedrockAPIKey-» and «bedrock.amazonaws.com» in base64.
  shape('bedrock-key', 'ABSKQmVkcm9ja0FQSUtleS', `${B}{80,300}`),
  shape('bedrock-key', 'bedrock-api-key-', `YmVkcm9jay5hbWF6b25hd3MuY29t${B}{40,3000}`),
]

import { useRef } from 'react'
import { Button } from '@/app/_components/ui/button'
import { Dialog, DialogClose } from '@/app/_components/ui/dialog'
import { copyText } from '@/app/_lib/copy-text'
import type { Question } from './use-terminal'

interface TerminalQuestionProps {
  question: Question | null
  onClose: () => void
  onPaste: (text: string) => void
}

/** Asks before something that a program, or a copied text, could have brought about behind the operator's back. */
export function TerminalQuestion({ question, onClose, onPaste }: TerminalQuestionProps) {
  // The dialog fades out with the question it had.
  const last = useRef(question)
  if (question) last.current = question
  const asked = last.current
  if (!asked) return null
  const { title, description, text, verb, act } = wordsFor(asked, onPaste)
  return (
    <Dialog
      open={question !== null}
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={description}
      footer={
        <>
          <DialogClose render={<Button />}>Cancel</DialogClose>
          <Button
            variant="primary"
            onClick={() => {
              act()
              onClose()
            }}
          >
            {verb}
          </Button>
        </>
      }
    >
      <pre className="machine max-h-64 overflow-auto whitespace-pre-wrap rounded-control bg-sunken p-3 text-log [overflow-wrap:anywhere]">
        {text}
      </pre>
    </Dialog>
  )
}

/** Of a long text the beginning is shown, characters. */
const PREVIEW = 5000
const beginning = (text: string) => (text.length > PREVIEW ? `${text.slice(0, PREVIEW)}\n…` : text)

function wordsFor(question: Question, onPaste: (text: string) => void) {
  switch (question.kind) {
    case 'paste':
      return {
        title: `Paste ${question.lines} lines?`,
        description: 'The program may run each line as soon as it arrives.',
        text: beginning(question.text),
        verb: `Paste ${question.lines} lines`,
        act: () => onPaste(question.text),
      }
    case 'link':
      return {
        title: `Open ${question.url.host}?`,
        description: 'A program in the bottle printed this link. It opens in your own browser, outside of the bottle.',
        text: question.url.href,
        verb: 'Open link',
        act: () => window.open(question.url.href, '_blank', 'noopener,noreferrer'),
      }
    case 'clipboard':
      return {
        title: 'Put this on your clipboard?',
        description: `A program in the bottle asks to copy ${question.text.length} characters. It cannot read your clipboard.`,
        text: beginning(question.text),
        verb: 'Copy text',
        act: () => copyText(question.text),
      }
  }
}

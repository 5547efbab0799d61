'use client'

import { Pause, Play } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Cast } from '@/app/_lib/replay/cast'
import { CastPlayer, type ReplayState } from '@/app/_lib/replay/cast-player'
import { useKeys } from '@/app/_lib/use-keys'
import { Button } from '../ui/button'
import { IconButton } from '../ui/icon-button'
import { openReplayScreen } from './open-replay-screen'

const SPEEDS = [1, 2, 4, 8] as const
const STEP_SECONDS = 5

/** A recorded terminal with play, speed and a bar to go anywhere in it. */
export function ReplayPlayer({ cast }: { cast: Cast }) {
  const place = useRef<HTMLDivElement>(null)
  const player = useRef<CastPlayer | null>(null)
  const [state, setState] = useState<ReplayState>({ at: 0, playing: false, speed: 1 })

  useEffect(() => {
    let over = false
    let frame = 0
    let dispose = () => {}
    void openReplayScreen(place.current!, cast).then((screen) => {
      if (over) return screen.dispose()
      dispose = screen.dispose
      const made = new CastPlayer(cast, screen, setState)
      player.current = made
      let last = performance.now()
      const draw = (now: number) => {
        void made.tick((now - last) / 1000)
        last = now
        frame = requestAnimationFrame(draw)
      }
      frame = requestAnimationFrame(draw)
      // What was reached is what one comes to see; how it came to be is one press away.
      void made.seek(cast.duration)
    })
    return () => {
      over = true
      cancelAnimationFrame(frame)
      dispose()
      player.current = null
    }
  }, [cast])

  const toggle = () => (state.playing ? player.current?.pause() : player.current?.play())
  const jump = (seconds: number) => void player.current?.seek(state.at + seconds)
  useKeys([
    { keys: 'space', label: 'Play or pause', run: toggle },
    { keys: 'left', label: '5 seconds back', run: () => jump(-STEP_SECONDS) },
    { keys: 'right', label: '5 seconds on', run: () => jump(STEP_SECONDS) },
  ])
  const faster = SPEEDS[(SPEEDS.indexOf(state.speed as (typeof SPEEDS)[number]) + 1) % SPEEDS.length]!
  return (
    <section aria-label="Replay" className="flex min-h-0 flex-1 flex-col">
      <div className="min-h-0 flex-1 overflow-auto p-2">
        <div ref={place} className="size-full font-mono" />
      </div>
      <div className="flex items-center gap-3 border-t px-3 py-2 pb-[max(8px,env(safe-area-inset-bottom))] sm:px-4">
        <IconButton label={state.playing ? 'Pause' : 'Play'} keys="space" onClick={toggle}>
          {state.playing ? <Pause /> : <Play />}
        </IconButton>
        <input
          type="range"
          aria-label="Place in the recording"
          aria-valuetext={`${clock(state.at)} of ${clock(cast.duration)}`}
          min={0}
          max={Math.max(cast.duration, 0.1)}
          step="any"
          value={state.at}
          onChange={(event) => void player.current?.seek(Number(event.target.value))}
          className="h-8 min-w-0 flex-1"
        />
        <span className="shrink-0 text-caption text-muted tabular-nums">
          {clock(state.at)} / {clock(cast.duration)}
        </span>
        <Button
          size="sm"
          aria-label={`Speed ${state.speed} times; press for ${faster} times`}
          onClick={() => player.current?.setSpeed(faster)}
        >
          {state.speed}×
        </Button>
      </div>
    </section>
  )
}

/** `1:05`, `1:02:05` */
function clock(seconds: number): string {
  const whole = Math.floor(seconds)
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor(whole / 60) % 60
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}

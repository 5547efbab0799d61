import { describe, expect, it } from 'vitest'
import type { Cast } from './cast'
import { CastPlayer, type ReplayScreen } from './cast-player'

const cast: Cast = {
  cols: 80,
  rows: 24,
  recordedAt: null,
  duration: 4,
  events: [
    { at: 0, kind: 'output', data: 'a' },
    { at: 1, kind: 'output', data: 'b' },
    { at: 2, kind: 'size', cols: 100, rows: 30 },
    { at: 3, kind: 'output', data: 'c' },
    { at: 4, kind: 'output', data: 'd' },
  ],
}

class Paper implements ReplayScreen {
  text = ''
  size = ''
  /** Set to keep the screen busy. */
  wait: Promise<void> = Promise.resolve()
  reset() {
    this.text = ''
  }
  resize(cols: number, rows: number) {
    this.size = `${cols}x${rows}`
  }
  async write(data: string) {
    this.text += data
    await this.wait
  }
}

const setUp = () => {
  const paper = new Paper()
  const player = new CastPlayer(cast, paper, () => {})
  return { paper, player }
}

describe('CastPlayer', () => {
  it('draws what has happened as time goes by', async () => {
    const { paper, player } = setUp()
    player.play()
    await player.tick(0.5)
    expect(paper.text).toBe('a')
    await player.tick(1)
    expect(paper.text).toBe('ab')
    await player.tick(1)
    expect(paper.size).toBe('100x30')
  })

  it('stands still while paused', async () => {
    const { paper, player } = setUp()
    await player.tick(2)
    expect(paper.text).toBe('')
    expect(player.state.at).toBe(0)
  })

  it('goes faster', async () => {
    const { paper, player } = setUp()
    player.setSpeed(4)
    player.play()
    await player.tick(0.8)
    expect(paper.text).toBe('abc')
  })

  it('stops at the end, and plays again from the beginning', async () => {
    const { paper, player } = setUp()
    player.play()
    await player.tick(99)
    expect(paper.text).toBe('abcd')
    expect(player.state).toMatchObject({ at: 4, playing: false })
    player.play()
    await new Promise((resolve) => setTimeout(resolve))
    expect(player.state).toMatchObject({ at: 0, playing: true })
    expect(paper.text).toBe('a')
    expect(paper.size).toBe('80x24')
  })

  it('jumps ahead without drawing anew, and back by drawing anew', async () => {
    const { paper, player } = setUp()
    await player.seek(3)
    expect(paper.text).toBe('abc')
    expect(paper.size).toBe('100x30')
    await player.seek(1)
    expect(paper.text).toBe('ab')
    expect(paper.size).toBe('80x24')
    await player.seek(-5)
    expect(player.state.at).toBe(0)
    await player.seek(99)
    expect(paper.text).toBe('abcd')
  })

  it('lets what is on its way come out before it starts anew', async () => {
    const { paper, player } = setUp()
    let drawn = () => {}
    paper.wait = new Promise((resolve) => {
      drawn = resolve
    })
    const on = player.seek(3)
    await new Promise((resolve) => setTimeout(resolve))
    const back = player.seek(0)
    expect(paper.text).toBe('ab')
    drawn()
    await Promise.all([on, back])
    expect(paper.text).toBe('a')
  })

  it('lets time stand still while the screen is busy', async () => {
    const { paper, player } = setUp()
    let drawn = () => {}
    paper.wait = new Promise((resolve) => {
      drawn = resolve
    })
    player.play()
    const first = player.tick(1)
    await player.tick(3)
    expect(player.state.at).toBe(1)
    drawn()
    await first
    await player.tick(1)
    expect(player.state.at).toBe(2)
  })
})

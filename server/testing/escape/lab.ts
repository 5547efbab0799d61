import type { BottleWorld, Surroundings } from './bottle-world.ts'
import type { Guest } from './guest.ts'

/** Where bottles are made of one backend: all that it must supply for the suite to be run on it. */
export interface Lab extends AsyncDisposable {
  /** @param agent lines of YAML: the bottle's file */
  launch(around: Surroundings, bottle: string): Promise<BottleWorld>
  /**
   * The same image, protected by nothing: root of the machine, on an ordinary network, with a folder of the machine in
   * which a service listens. What is refused in a bottle must succeed there, else the attempt proves nothing.
   */
  unprotected(beside: BottleWorld): Promise<Guest & AsyncDisposable>
}

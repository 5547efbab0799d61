/**
 * Flags of V8 that keep the server's garbage small beside what it needs. Otherwise the young generation grows to 32 MiB
 * and the old one to several times what is alive, as is right for a program that has the machine to itself.
 *
 * A server with 50 bottles and one tab takes 187 MiB instead of 214. It costs an eighth more processor time where most
 * garbage is made, log lines at full speed (bench/log.bench.ts); `--optimize-for-size` would save another 12 MiB and
 * cost two thirds. V8 looks at both whenever it decides on a size, so that they can be set in a process that runs.
 */
export const smallHeap = ['--semi-space-growth-factor=1', '--heap-growing-percent=30']

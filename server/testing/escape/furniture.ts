/** What a backend puts into every bottle by itself. Anything else of its kind is a find. */
export interface Furniture {
  devices: RegExp
  mounts: RegExp
  processes: RegExp
}

/** Of the engine's containers; a machine of the double is one, too. */
export const CONTAINER_FURNITURE: Furniture = {
  devices: /^\/dev\/(pts\/|console$|full$|null$|ptmx$|random$|tty$|urandom$|zero$)/,
  mounts:
    /^\/($|proc|sys|dev|run\/bot-bottle$|etc\/(resolv\.conf|hostname|hosts)$|sbin\/docker-init$|usr\/sbin\/docker-init$)/,
  processes: /^(docker-init|tini|sh|cat|bash|sleep)$/,
}

/** A file that is made for the guest's user. */
export interface GuestFile {
  /** Absolute, in the guest. */
  path: string
  content: string
  /** Permissions, such as `0o600`. */
  mode: number
}

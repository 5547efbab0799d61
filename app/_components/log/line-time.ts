const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
})

/** `04:25:10.123`, in the reader's time zone. */
export const lineTime = (at: number): string => clock.format(at)

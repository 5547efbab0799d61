import type { ResolvedValue } from '@/server/contract/manifest.ts'
import { Card } from '../ui/card'
import { Table, Td, Th } from '../ui/table'

/** What the file comes to with its parents folded in; a value from elsewhere names its file. */
export function ResolvedValues({ values, file }: { values: readonly ResolvedValue[]; file: string }) {
  return (
    <section>
      <h3 className="mb-2 text-body">As understood</h3>
      {values.length === 0 ? (
        <p className="text-data text-muted">Nothing could be read from it.</p>
      ) : (
        <Card className="overflow-hidden">
          <Table>
            <thead>
              <tr>
                <Th>Key</Th>
                <Th>Value</Th>
                <Th>From</Th>
              </tr>
            </thead>
            <tbody>
              {values.map((value) => (
                <tr key={value.path}>
                  <Td className="machine w-[34%] py-2 align-top text-caption [overflow-wrap:anywhere]">{value.path}</Td>
                  <Td className="machine whitespace-pre-wrap py-2 align-top text-caption [overflow-wrap:anywhere]">
                    {value.value}
                  </Td>
                  <Td className="machine w-[22%] py-2 align-top text-caption text-dim [overflow-wrap:anywhere]">
                    {value.origin.file === file ? 'this file' : value.origin.file}
                  </Td>
                </tr>
              ))}
            </tbody>
          </Table>
        </Card>
      )}
    </section>
  )
}

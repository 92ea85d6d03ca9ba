import Box from '@cloudscape-design/components/box'
import Spinner from '@cloudscape-design/components/spinner'

export function Waiting() {
  return (
    <Box textAlign="center" padding="xxl">
      <span role="status">
        <Spinner size="large" />
        <span className="visually-hidden">Loading</span>
      </span>
    </Box>
  )
}

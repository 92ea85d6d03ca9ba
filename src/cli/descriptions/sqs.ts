/** What the operations of the queues that engines pull from are for, in our own words. */
export const operations: Readonly<Record<string, string>> = {
  ChangeMessageVisibility: 'Change how long a received message stays hidden from others.',
  CreateQueue: 'Create a queue, or find the one that has this name and these attributes.',
  DeleteMessage: 'Delete a received message for good, because its work is done.',
  GetQueueAttributes: 'Show the attributes of a queue, such as how many messages wait in it.',
  GetQueueUrl: 'Find the address of a queue by its name.',
  ReceiveMessage: 'Take up to 10 messages from a queue; each is hidden from others for a while.',
  SendMessage: 'Put a message into a queue.',
}

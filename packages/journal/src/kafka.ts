// An entry of its own: loading the client takes half a second, which only a server with a topic should wait for.
export { openKafkaFeed, type KafkaFeedEvents } from './kafka/kafka-feed.ts';
export { openKafkaJournal, type KafkaJournal } from './kafka/kafka-journal.ts';
export { KAFKA_RECORD_BYTES_MAX } from './kafka/limits.ts';

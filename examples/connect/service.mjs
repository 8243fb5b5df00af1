// What protoc-gen-es would generate from:
//
//   service Stock {
//     rpc Ask(google.protobuf.StringValue) returns (google.protobuf.StringValue);
//     rpc Watch(google.protobuf.StringValue) returns (stream google.protobuf.StringValue);
//   }
import { create, createFileRegistry } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, file_google_protobuf_wrappers as wrappers } from '@bufbuild/protobuf/wkt';

const TEXT = { inputType: '.google.protobuf.StringValue', outputType: '.google.protobuf.StringValue' };

const file = create(FileDescriptorProtoSchema, {
  name: 'stock.proto',
  package: 'stock',
  syntax: 'proto3',
  dependency: [wrappers.proto.name],
  service: [
    {
      name: 'Stock',
      method: [
        { name: 'Ask', ...TEXT },
        { name: 'Watch', ...TEXT, serverStreaming: true },
      ],
    },
  ],
});

export const Stock = createFileRegistry(file, (name) =>
  name === wrappers.proto.name ? wrappers : undefined,
).getService('stock.Stock');

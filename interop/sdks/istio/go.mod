module fluoroscope/istio

go 1.24.0

require (
	google.golang.org/protobuf v1.36.10
	istio.io/api v1.28.0
)

require (
	github.com/golang/protobuf v1.5.4 // indirect
	google.golang.org/genproto/googleapis/api v0.0.0-20250811230008-5f3141c8851a // indirect
)

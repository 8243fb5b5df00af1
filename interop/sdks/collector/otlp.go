package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/receiver"
)

// The ends of a translation: OTLP by HTTP, in as protobuf or JSON, out as JSON. The Collector's own know gRPC, TLS and queues too, for
// which they need many more modules.

type otlpConfig struct {
	// Endpoint is HOST:PORT of the receiver, and the exporter's URL.
	Endpoint string `mapstructure:"endpoint"`
}

func newOtlpConfig() component.Config { return &otlpConfig{} }

var otlpType = component.MustNewType("otlpjson")

func newOtlpReceiver() receiver.Factory {
	create := func(_ context.Context, _ receiver.Settings, config component.Config, next consumer.Traces) (receiver.Traces, error) {
		return &otlpReceiver{endpoint: config.(*otlpConfig).Endpoint, next: next}, nil
	}
	return receiver.NewFactory(otlpType, newOtlpConfig, receiver.WithTraces(create, component.StabilityLevelStable))
}

type otlpReceiver struct {
	endpoint string
	next     consumer.Traces
	server   http.Server
}

func (r *otlpReceiver) Start(context.Context, component.Host) error {
	listener, err := net.Listen("tcp", r.endpoint)
	if err != nil {
		return err
	}
	r.server.Handler = http.HandlerFunc(r.take)
	go func() { _ = r.server.Serve(listener) }()
	return nil
}

func (r *otlpReceiver) Shutdown(ctx context.Context) error { return r.server.Shutdown(ctx) }

// Answers when the exporter behind it has sent the spans, or says what became of them.
func (r *otlpReceiver) take(response http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err == nil {
		var decoder ptrace.Unmarshaler = &ptrace.ProtoUnmarshaler{}
		if request.Header.Get("content-type") == "application/json" {
			decoder = &ptrace.JSONUnmarshaler{}
		}
		var traces ptrace.Traces
		if traces, err = decoder.UnmarshalTraces(body); err == nil {
			err = r.next.ConsumeTraces(request.Context(), traces)
		}
	}
	if err != nil {
		http.Error(response, err.Error(), http.StatusBadRequest)
	}
}

func newOtlpExporter() exporter.Factory {
	create := func(_ context.Context, _ exporter.Settings, config component.Config) (exporter.Traces, error) {
		endpoint := config.(*otlpConfig).Endpoint
		send, err := consumer.NewTraces(func(ctx context.Context, traces ptrace.Traces) error {
			return post(ctx, endpoint, traces)
		})
		return &otlpExporter{Traces: send}, err
	}
	return exporter.NewFactory(otlpType, newOtlpConfig, exporter.WithTraces(create, component.StabilityLevelStable))
}

type otlpExporter struct {
	component.StartFunc
	component.ShutdownFunc
	consumer.Traces
}

func post(ctx context.Context, endpoint string, traces ptrace.Traces) error {
	body, err := (&ptrace.JSONMarshaler{}).MarshalTraces(traces)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("content-type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	answer, err := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", response.Status, answer)
	}
	return errors.Join(err, response.Body.Close())
}

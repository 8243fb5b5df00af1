// The OpenTelemetry Collector with X-Ray's two components alone: the receiver that takes the X-Ray daemon's place (UDP, and a proxy
// that signs sampling calls), and the exporter that calls PutTraceSegments. With otlp.go it shows how either translates.
package main

import (
	"log"

	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/awsxrayexporter"
	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/awsxrayreceiver"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/fileprovider"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/receiver"
)

func factories() (otelcol.Factories, error) {
	receivers, err := otelcol.MakeFactoryMap[receiver.Factory](awsxrayreceiver.NewFactory(), newOtlpReceiver())
	if err != nil {
		return otelcol.Factories{}, err
	}
	exporters, err := otelcol.MakeFactoryMap[exporter.Factory](awsxrayexporter.NewFactory(), newOtlpExporter())
	return otelcol.Factories{Receivers: receivers, Exporters: exporters}, err
}

func main() {
	providers := confmap.ResolverSettings{
		ProviderFactories: []confmap.ProviderFactory{fileprovider.NewFactory()},
		DefaultScheme:     "file",
	}
	command := otelcol.NewCommand(otelcol.CollectorSettings{
		BuildInfo:              component.BuildInfo{Command: "collector", Version: "0.130.0"},
		Factories:              factories,
		ConfigProviderSettings: otelcol.ConfigProviderSettings{ResolverSettings: providers},
	})
	if err := command.Execute(); err != nil {
		log.Fatal(err)
	}
}
